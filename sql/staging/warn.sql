-- What is possible and unlikely. Grain of warning: one row per finding; it stops nothing.
create table warning (what varchar, unit_code varchar, month varchar, reason varchar);

-- More bed days than there are beds and days.
insert into warning
select 'occupied_bed_days', e.unit_code, strftime(e.month, '%Y-%m'),
    e.value::bigint || ' bed days are more than ' || u.beds || ' beds hold in a month of ' || day(last_day(e.month)) || ' days'
from accepted_exposure e
join current_unit u
    on u.code = e.unit_code and u.valid_from <= last_day(e.month) and coalesce(u.valid_to, date '9999-12-31') >= e.month
where e.kind = 'occupied_bed_days' and u.beds > 0 and e.value > u.beds * day(last_day(e.month));

-- Who reported a measure for the month before the newest one of this file, and not for that month.
insert into warning
with newest as (
    select measure_id, max(period_start) as month
    from accepted_cell
    where months = 1 and breakdown = ''
    group by measure_id
),
silent as (
    select o.measure_id, o.unit_code, n.month
    from current_observation o
    join newest n on n.measure_id = o.measure_id and o.period_start = n.month - interval 1 month
    where o.months = 1 and o.breakdown = '' and o.state in ('reported', 'suppressed')
    union
    select a.measure_id, a.unit_code, n.month
    from accepted_cell a
    join newest n on n.measure_id = a.measure_id and a.period_start = n.month - interval 1 month
    where a.months = 1 and a.breakdown = '' and a.state in ('reported', 'suppressed')
)
select s.measure_id, s.unit_code, strftime(s.month, '%Y-%m'), 'it reported the month before, and not this one'
from silent s
where not exists (from accepted_cell a where a.measure_id = s.measure_id and a.unit_code = s.unit_code and a.period_start = s.month)
    and not exists (
        from current_observation o
        where o.measure_id = s.measure_id and o.unit_code = s.unit_code and o.period_start = s.month
    )
    and exists (
        from current_unit u
        where u.code = s.unit_code and u.valid_from <= last_day(s.month) and coalesce(u.valid_to, date '9999-12-31') >= s.month
    );
