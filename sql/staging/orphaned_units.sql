-- Units with figures in force that no units file would know if a load were withdrawn.
-- Grain: one row per unit. Params: $load_id. Columns: unit_code.
with next_tree as (
    select load_id
    from active_load
    where feed = 'units' and load_id <> $load_id
    order by issue desc, load_id desc
    limit 1
),
spoken as (
    select distinct unit_code from record.observation semi join active_load using (load_id)
    union
    select distinct unit_code from record.exposure semi join active_load using (load_id)
    union
    select distinct unit_code from record.coverage semi join active_load using (load_id) where kind = 'events'
)
select unit_code
from spoken
where (select feed from record.load where load_id = $load_id) = 'units'
    and unit_code not in (select code from record.unit semi join next_tree using (load_id))
    and unit_code not in (select code from record.unit where level in ('provider', 'country'))
order by unit_code
