-- What the file would change, cell by cell, against the record as it is now.
--
-- change: new, changed, unchanged, older (a later issue of the same cell is already here), gone (events only).
-- Grain of change_row: one row per cell, exposure, event or unit.
create table change_row (
    what varchar, measure_id varchar, unit_code varchar, month date, breakdown varchar,
    before varchar, after varchar, change varchar, issue bigint,
);

insert into change_row
select 'cell', a.measure_id, a.unit_code, a.period_start, a.breakdown,
    case when c.state = 'reported' then c.numerator::varchar else c.state end,
    case when a.state = 'reported' then a.numerator::varchar else a.state end,
    case
        when c.measure_id is null then 'new'
        when c.issue > (select issue from this_load) then 'older'
        when a.numerator is not distinct from c.numerator and a.denominator is not distinct from c.denominator
            and a.state = c.state then 'unchanged'
        else 'changed'
    end,
    c.issue
from accepted_cell a
left join current_observation c using (measure_id, unit_code, period_start, months, breakdown, severity);

insert into change_row
select 'exposure', a.kind, a.unit_code, a.month, '',
    case when c.state = 'reported' then c.value::varchar else c.state end,
    case when a.state = 'reported' then a.value::varchar else a.state end,
    case
        when c.kind is null then 'new'
        when c.issue > (select issue from this_load) then 'older'
        when a.value is not distinct from c.value and a.state = c.state then 'unchanged'
        else 'changed'
    end,
    c.issue
from accepted_exposure a
left join current_exposure c using (kind, unit_code, month);

-- Events. An event is one by measure and reference, wherever it stands: of the loads that hold it or cover its day, the one
-- with the highest issue speaks. Grain of current_event: one row per event that counts now.
create table current_event as
with held as (
    select e.*, l.issue
    from record.event e
    join active_load l using (load_id)
    semi join (select measure_id from accepted_coverage where kind = 'events') using (measure_id)
    qualify row_number() over (
        partition by e.measure_id, e.event_ref
        order by l.issue desc, e.load_id desc, e.revision desc, severity_rank(e.severity) desc
    ) = 1
)
select h.measure_id, h.unit_code, h.day, h.event_ref, h.severity, h.status, h.issue,
    exists (
        from accepted_coverage a
        where a.kind = 'events' and a.measure_id = h.measure_id and a.unit_code = h.unit_code
            and h.day between a.first_day and a.last_day
    ) as is_covered,
from held h
where not exists (
    from record.coverage c
    join active_load l using (load_id)
    where c.kind = 'events' and c.measure_id = h.measure_id and c.unit_code = h.unit_code
        and h.day between c.first_day and c.last_day
        and (l.issue > h.issue or l.issue = h.issue and l.load_id > h.load_id)
);

create table counted_event as
select *
from accepted_event
qualify row_number() over (partition by measure_id, event_ref order by revision desc, severity_rank(severity) desc) = 1;

insert into change_row
select 'event', coalesce(a.measure_id, c.measure_id), coalesce(a.unit_code, c.unit_code),
    date_trunc('month', coalesce(a.day, c.day))::date, '',
    c.severity || ' ' || c.status, a.severity || ' ' || a.status,
    case
        when c.issue > (select issue from this_load) then 'older'
        when c.event_ref is null then 'new'
        when a.event_ref is null then 'gone'
        when a.severity = c.severity and a.status = c.status and a.day = c.day and a.unit_code = c.unit_code then 'unchanged'
        else 'changed'
    end,
    c.issue
from counted_event a
full join current_event c using (measure_id, event_ref)
where a.event_ref is not null or c.is_covered;

-- Days that no load has spoken for before: knowing that nothing happened is news.
insert into change_row
select 'coverage', a.measure_id, a.unit_code, date_trunc('month', a.first_day)::date, '', null, 'covered', 'new', null
from accepted_coverage a
where a.kind = 'events' and not exists (
    from record.coverage c
    semi join active_load using (load_id)
    where c.kind = 'events' and c.measure_id = a.measure_id and c.unit_code = a.unit_code and c.first_day <= a.first_day and c.last_day >= a.last_day
);

-- A death leaves the count by a recorded conclusion only. Who loads may not see where and on which day it was.
insert into problem
select 0, 'event_reference', null,
    'a death (' || c.measure_id || ') of ' || strftime(c.day, '%Y-%m') || ' stands in an earlier extract and not in this one: '
    || 'send it with status other_conclusion if the coroner concluded otherwise'
from current_event c
join measure_ref m using (measure_id)
anti join accepted_event a using (measure_id, event_ref)
where m.is_death and c.is_covered and c.issue <= (select issue from this_load);

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
