-- Dated events by month, for the months that the extracts cover from end to end, as known at one position.
--
-- Grain:   one row per measure, unit and fully covered month; a month without events is a row with 0.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, month, events (those that count: not concluded otherwise, and as severe as the measure asks).
with stretch as (
    select measure_id, unit_code, first_day, last_day,
        max(last_day) over (
            partition by measure_id, unit_code order by first_day, last_day rows between unbounded preceding and 1 preceding
        ) as reached,
    from coverage
    where known_from <= $known_at and (known_until is null or known_until > $known_at)
),
island as (
    select *, count(*) filter (where reached is null or first_day > reached + 1) over (
        partition by measure_id, unit_code order by first_day, last_day rows unbounded preceding
    ) as number
    from stretch
),
covered as (
    select measure_id, unit_code, min(first_day) as first_day, max(last_day) as last_day
    from island
    group by measure_id, unit_code, number
),
life as (
    select code, min(valid_from) as opened, max(coalesce(valid_to, date '9999-12-31')) as closed
    from unit
    where known_from <= $known_at and (known_until is null or known_until > $known_at)
    group by code
),
month as (
    select c.measure_id, c.unit_code, unnest(generate_series(date_trunc('month', c.first_day), c.last_day, interval 1 month))::date as month,
        c.first_day, c.last_day, l.opened, l.closed,
    from covered c
    join life l on l.code = c.unit_code
),
whole as (
    select measure_id, unit_code, month
    from month
    where first_day <= greatest(month, opened) and last_day >= least(last_day(month), closed)
),
counted as (
    select measure_id, unit_code, date_trunc('month', day)::date as month, count(*) as events
    from event
    where known_from <= $known_at and (known_until is null or known_until > $known_at) and counted
    group by all
)
select w.measure_id, w.unit_code, w.month, coalesce(c.events, 0) as events
from whole w
left join counted c using (measure_id, unit_code, month)
order by w.measure_id, w.unit_code, w.month
