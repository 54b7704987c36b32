-- What a units file would change, against the record as it is now: rows for `change_row`.
insert into change_row
select 'unit', '', a.code, a.valid_from, '', null, a.name,
    case when c.code is null then 'new'
        when (a.name, a.level, a.parent, a.peer_group, coalesce(a.valid_to, date '9999-12-31'), a.follows, coalesce(a.beds, -1))
            = (c.name, c.level, c.parent, c.peer_group, coalesce(c.valid_to, date '9999-12-31'), c.follows, coalesce(c.beds, -1))
            then 'unchanged'
        else 'changed' end,
    null
from accepted_unit a
left join current_unit c on c.code = a.code and c.valid_from = a.valid_from;

insert into change_row
select 'unit', '', c.code, c.valid_from, '', c.name, null, 'gone', null
from current_unit c
where c.level not in ('provider', 'country')
    and (select count(*) from accepted_unit where level not in ('provider', 'country')) > 0
    and (c.code, c.valid_from) not in (select (code, valid_from) from accepted_unit);

-- A unit keeps its history: a tree that leaves out a unit, or the months in which it reported, would hide figures.
insert into problem
with history as (
    select unit_code, period_start as first_day, last_day(period_start) as last_day from record.observation semi join active_load using (load_id)
    union
    select unit_code, month, last_day(month) from record.exposure semi join active_load using (load_id)
    union
    select unit_code, day, day from record.event semi join active_load using (load_id)
    union
    select unit_code, greatest(month::date, first_day), least(last_day(month::date), last_day)
    from (
        select unit_code, first_day, last_day,
            unnest(generate_series(date_trunc('month', first_day), last_day, interval 1 month)) as month,
        from record.coverage
        semi join active_load using (load_id)
        where kind = 'events'
    )
)
select 0, 'code', h.unit_code,
    'the record speaks of this unit in ' || strftime(min(h.first_day), '%Y-%m')
    || ', and in this file it is not there then: do not leave it out, close it with valid_to instead'
from history h
where (select count(*) from accepted_unit where level not in ('provider', 'country')) > 0
    and h.unit_code not in (select code from record.unit where level in ('provider', 'country'))
    and not exists (
        from accepted_unit u
        where u.code = h.unit_code and u.valid_from <= h.last_day and coalesce(u.valid_to, date '9999-12-31') >= h.first_day
    )
group by h.unit_code;
