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

-- Events. The load that speaks for a day is, of those that cover it, the one with the highest issue.
create table covering as
select a.measure_id, a.unit_code, greatest(a.first_day, c.first_day) as first_day, least(a.last_day, c.last_day) as last_day,
    c.load_id, l.issue
from accepted_coverage a
join record.coverage c
    on c.measure_id = a.measure_id and c.unit_code = a.unit_code
    and c.first_day <= a.last_day and c.last_day >= a.first_day
join record.load l using (load_id);

create table current_event as
select e.measure_id, e.unit_code, e.day, e.event_ref, e.severity, e.status, c.issue
from record.event e
join covering c
    on c.load_id = e.load_id and c.measure_id = e.measure_id and c.unit_code = e.unit_code
    and e.day between c.first_day and c.last_day
where not exists (
    from covering later
    where later.measure_id = c.measure_id and later.unit_code = c.unit_code and e.day between later.first_day and later.last_day
        and (later.issue > c.issue or later.issue = c.issue and later.load_id > c.load_id)
)
qualify row_number() over (partition by e.measure_id, e.event_ref order by e.revision desc, severity_rank(e.severity) desc) = 1;

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
full join current_event c using (measure_id, event_ref);

-- Days that no load has spoken for before: knowing that nothing happened is news.
insert into change_row
select 'coverage', a.measure_id, a.unit_code, date_trunc('month', a.first_day)::date, '', null, 'covered', 'new', null
from accepted_coverage a
where not exists (
    from record.coverage c
    where c.measure_id = a.measure_id and c.unit_code = a.unit_code and c.first_day <= a.first_day and c.last_day >= a.last_day
);

-- A death leaves the count by a recorded conclusion only.
insert into problem
select 0, 'event_reference', null,
    'a death on ' || c.unit_code || ' (' || strftime(c.day, '%Y-%m-%d') || ') stands in an earlier extract and not in this one: '
    || 'send it with status other_conclusion if the coroner concluded otherwise'
from current_event c
join measure_ref m using (measure_id)
where m.is_death and c.issue <= (select issue from this_load)
    and c.event_ref not in (select event_ref from accepted_event where event_ref is not null);

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
