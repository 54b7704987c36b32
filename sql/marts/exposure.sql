-- Every exposure that was ever the current one. Grain: one row per kind, unit, month and stretch of positions.
-- In the same order as the figures of sql/marts/cell.sql.
create table published.exposure as
with figure as (
    select e.*, l.issue
    from record.exposure e
    join record.load l using (load_id)
    where not (select deaths from building)
),
turned as (
    select distinct kind, unit_code, month from figure semi join turned_load using (load_id)
),
numbered as (
    select *,
        coalesce(max(issue) over (
            partition by kind, unit_code, month order by load_id rows between unbounded preceding and 1 preceding
        ), 0) as issue_before,
    from figure
    anti join turned using (kind, unit_code, month)
),
contested as (
    select f.*, s.in_force_from, s.in_force_until
    from figure f
    semi join turned using (kind, unit_code, month)
    join load_spell s using (load_id)
),
turn as (
    select distinct kind, unit_code, month, unnest([in_force_from, in_force_until]) as position from contested
),
winner as (
    select t.*, c.value, c.state, c.load_id
    from turn t
    left join contested c
        on c.kind = t.kind and c.unit_code = t.unit_code and c.month = t.month
        and c.in_force_from <= t.position and (c.in_force_until is null or c.in_force_until > t.position)
    where t.position is not null
    qualify row_number() over (
        partition by t.kind, t.unit_code, t.month, t.position order by c.issue desc nulls last, c.load_id desc
    ) = 1
),
spoken as (
    select *, lead(position) over (partition by kind, unit_code, month order by position) as next_position
    from winner
)
select
    kind, unit_code, month, value, state,
    load_id,
    load_id as known_from,
    lead(load_id) over (partition by kind, unit_code, month order by load_id) as known_until,
from numbered
where issue >= issue_before
union all
select kind, unit_code, month, value, state, load_id, position, next_position
from spoken
where load_id is not null;
