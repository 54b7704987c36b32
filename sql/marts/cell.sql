-- Every figure that was ever the current one, with the stretch of the record's positions in which it was.
--
-- Grain: one row per cell and stretch. A load speaks for a cell from its own position on, if no earlier load declared a
-- higher issue, until the next that does. known_until is NULL for what holds now.
create table published.cell as
with numbered as (
    select o.*, l.issue,
        coalesce(max(l.issue) over (cell order by o.load_id rows between unbounded preceding and 1 preceding), 0) as issue_before,
    from record.observation o
    join record.load l using (load_id)
    where (o.measure_id in (select measure_id from death_measure)) = (select deaths from building)
    window cell as (partition by o.measure_id, o.unit_code, o.period_start, o.months, o.breakdown, o.severity)
)
select
    measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state,
    load_id as known_from,
    lead(load_id) over (
        partition by measure_id, unit_code, period_start, months, breakdown, severity order by load_id
    ) as known_until,
from numbered
where issue >= issue_before;
