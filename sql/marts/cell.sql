-- Every figure that was ever the current one, with the stretch of the record's positions in which it was.
--
-- Grain: one row per cell and stretch. A load speaks for a cell from its own position on, if no earlier load declared a
-- higher issue, until the next that does. known_until is NULL for what holds now.
--
-- Most cells were sent once; only the others, known by a hash of the key, need to be put in order.
create table published.cell as
with figure as (
    select o.*, l.issue, hash(o.measure_id, o.unit_code, o.period_start, o.months, o.breakdown, o.severity) as key,
    from record.observation o
    join record.load l using (load_id)
    where (o.measure_id in (select measure_id from death_measure)) = (select deaths from building)
),
repeated as (
    select key
    from figure
    group by key
    having count(*) > 1
),
numbered as (
    select f.*,
        coalesce(max(f.issue) over (cell order by f.load_id rows between unbounded preceding and 1 preceding), 0) as issue_before,
    from figure f
    semi join repeated using (key)
    window cell as (partition by f.measure_id, f.unit_code, f.period_start, f.months, f.breakdown, f.severity)
)
select
    measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state,
    load_id as known_from,
    null::bigint as known_until,
from figure
anti join repeated using (key)
union all
select
    measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state,
    load_id,
    lead(load_id) over (
        partition by measure_id, unit_code, period_start, months, breakdown, severity order by load_id
    ),
from numbered
where issue >= issue_before;
