-- What is possible and unlikely. Grain of warning: one row per finding; it stops nothing.
create table warning (what varchar, unit_code varchar, month varchar, reason varchar);

-- More bed days than there are beds and days.
insert into warning
select 'occupied_bed_days', e.unit_code, strftime(e.month, '%Y-%m'),
    'line ' || e.line || ', value: ' || e.value::bigint || ' bed days are more than ' || u.beds || ' beds hold in a month of ' || day(last_day(e.month)) || ' days'
from accepted_exposure e
join current_unit u
    on u.code = e.unit_code and u.valid_from <= last_day(e.month) and coalesce(u.valid_to, date '9999-12-31') >= e.month
where e.kind = 'occupied_bed_days' and u.beds > 0 and e.value > u.beds * day(last_day(e.month));

-- Who reported a measure for the month before the newest one of this file, and not for that month.
create temp table newest_month as
select measure_id, max(period_start) as month, (max(period_start) - interval 1 month)::date as month_before
from accepted_cell
where months = 1 and breakdown = ''
group by measure_id;

create temp table around_newest as
select a.measure_id, a.unit_code, a.period_start, a.state
from accepted_cell a
join newest_month n on n.measure_id = a.measure_id and a.period_start >= n.month_before
where a.months = 1 and a.breakdown = ''
union all
select o.measure_id, o.unit_code, o.period_start, o.state
from current_observation o
join newest_month n on n.measure_id = o.measure_id and o.period_start between n.month_before and n.month
where o.months = 1 and o.breakdown = '';

insert into warning
select distinct s.measure_id, s.unit_code, strftime(n.month, '%Y-%m'), 'it reported the month before, and not this one'
from around_newest s
join newest_month n on n.measure_id = s.measure_id and n.month_before = s.period_start
join current_unit u
    on u.code = s.unit_code and u.valid_from <= last_day(n.month) and coalesce(u.valid_to, date '9999-12-31') >= n.month
where s.state in ('reported', 'suppressed') and not exists (
    from around_newest a
    where a.measure_id = s.measure_id and a.unit_code = s.unit_code and a.period_start = n.month
);
