-- How many loads spoke of each month of a measure, and when the newest load of that measure came.
--
-- Grain:   one row per measure and month.
-- Params:  $known_at.
-- Columns: measure_id, month, loads, last_at (UTC, of the measure's newest load).
with said as (
    select distinct measure_id, period_start as month, load_id
    from cell
    where months = 1 and breakdown = '' and state in ('reported', 'suppressed') and known_from <= $known_at
    union
    select measure_id, unnest(generate_series(date_trunc('month', first_day), last_day, interval 1 month))::date, load_id
    from coverage
    where known_from <= $known_at
)
select s.measure_id, s.month, count(*) as loads,
    max(max(l.loaded_at)) over (partition by s.measure_id) as last_at,
from said s
join load l using (load_id)
group by s.measure_id, s.month
order by s.measure_id, s.month
