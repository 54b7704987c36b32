-- From when to when each load speaks, in positions of the record: until it is withdrawn, and again once it is restored.
--
-- Grain of load_spell: one row per load and stretch in which it is in force; in_force_until is NULL while it is.
create view load_spell as
with turn as (
    select load_id, load_id as position, true as speaks from record.load
    union all
    select concerns, decision_id, kind = 'load_restoration'
    from record.decision
    where kind in ('load_withdrawal', 'load_restoration')
)
select load_id, issue, position as in_force_from,
    lead(position) over (partition by load_id order by position) as in_force_until,
from turn
join record.load using (load_id)
qualify speaks;

-- Loads that were ever withdrawn: what they touched is put in order the long way.
create view turned_load as
select distinct concerns as load_id from record.decision where kind = 'load_withdrawal';

-- The loads that speak now.
create view active_load as
select l.*
from record.load l
anti join (select load_id from load_spell group by load_id having count(*) filter (where in_force_until is null) = 0) as silent
    using (load_id);
