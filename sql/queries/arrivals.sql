-- When the figure of each month first came, as known at one position of the record.
--
-- Of dated events a month has come with the load that first made its first and its last day covered. What came and was
-- withdrawn has come all the same; `holds` says whether anything is still known.
--
-- Grain:   one row per measure, unit and month.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, month, position (of the load), arrived_at (UTC), holds.
with sent as (
    select measure_id, unit_code, period_start as month, min(load_id) as position,
        bool_or(known_until is null or known_until > $known_at) as holds,
    from cell
    where months = 1 and breakdown = '' and state in ('reported', 'suppressed') and known_from <= $known_at
    group by all
),
life as (
    select code, min(valid_from) as opened, max(coalesce(valid_to, date '9999-12-31')) as closed
    from unit
    where known_from <= $known_at and (known_until is null or known_until > $known_at)
    group by code
),
covered as (
    select c.measure_id, c.unit_code, c.load_id, c.first_day, c.last_day, l.opened, l.closed,
        c.known_until is null or c.known_until > $known_at as holds,
        unnest(generate_series(date_trunc('month', c.first_day), c.last_day, interval 1 month))::date as month,
    from coverage c
    join life l on l.code = c.unit_code
    where c.known_from <= $known_at
),
edge as (
    select measure_id, unit_code, month,
        min(load_id) filter (first_day <= greatest(month, opened)) as from_first,
        min(load_id) filter (last_day >= least(last_day(month), closed)) as to_last,
        bool_or(holds) as holds,
    from covered
    group by all
),
came as (
    select measure_id, unit_code, month, position, holds from sent
    union all
    select measure_id, unit_code, month, greatest(from_first, to_last), holds
    from edge
    where from_first is not null and to_last is not null
)
select c.measure_id, c.unit_code, c.month, c.position, l.loaded_at as arrived_at, c.holds
from came c
join load l on l.load_id = c.position
order by c.measure_id, c.unit_code, c.month
