-- Every exposure that was ever the current one. Grain: one row per kind, unit, month and stretch of positions.
create table published.exposure as
with numbered as (
    select e.*, l.issue,
        coalesce(max(l.issue) over (
            partition by e.kind, e.unit_code, e.month order by e.load_id rows between unbounded preceding and 1 preceding
        ), 0) as issue_before,
    from record.exposure e
    join record.load l using (load_id)
    where not (select deaths from building)
)
select
    kind, unit_code, month, value, state,
    load_id as known_from,
    lead(load_id) over (partition by kind, unit_code, month order by load_id) as known_until,
from numbered
where issue >= issue_before;
