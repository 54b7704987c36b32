-- What each load or withdrawal changed in monthly figures, as known at one position of the record.
--
-- Of cells the first figure is no change and has no row. Of dated events every position has one at which their number went
-- up or down, the first included: whoever asks for revisions leaves out what came with the month itself (arrivals).
--
-- Grain:   one row per measure, unit, month and position.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, month, position, change (of the numerator), changed_at (UTC; NULL for a withdrawal).
with known as (
    select *, bool_or(severity = '') over (partition by measure_id, unit_code, period_start) as has_whole,
    from cell
    where months = 1 and breakdown = '' and state = 'reported' and known_from <= $known_at
),
turn as (
    select measure_id, unit_code, period_start as month, known_from as position, numerator, denominator,
        lag(numerator) over stretch as before, lag(denominator) over stretch as divided_before,
        row_number() over stretch as number,
    from known
    where severity = '' or not has_whole
    window stretch as (partition by measure_id, unit_code, period_start, severity order by known_from)
),
changed as (
    select measure_id, unit_code, month, position, sum(numerator - before)::double as change
    from turn
    where number > 1 and (numerator is distinct from before or denominator is distinct from divided_before)
    group by all
),
counted as (
    select measure_id, unit_code, date_trunc('month', day)::date as month, known_from as position, 1 as step
    from event
    where counted and known_from <= $known_at
    union all
    select measure_id, unit_code, date_trunc('month', day)::date, known_until, -1
    from event
    where counted and known_until <= $known_at
),
every_change as (
    select measure_id, unit_code, month, position, change from changed
    union all
    select measure_id, unit_code, month, position, sum(step)::double
    from counted
    group by measure_id, unit_code, month, position
    having sum(step) <> 0
)
select c.measure_id, c.unit_code, c.month, c.position, c.change, l.loaded_at as changed_at
from every_change c
left join load l on l.load_id = c.position
order by c.measure_id, c.unit_code, c.month, c.position
