-- What an extract of events would change, against the record as it is now: rows for `change_row`.
--
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
