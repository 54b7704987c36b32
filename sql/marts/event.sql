-- Dated events, and what was covered. Grain of event: one row per event and stretch of positions.
--
-- An event is one by measure and reference. Of the loads that hold it or cover its day the one with the highest issue speaks,
-- so an event that vanished from a later extract is gone, and one that moved to another ward or day stands there alone.
-- `counted`: it has no other conclusion, and is as severe as its measure asks for (or nobody said how severe).
create table published.coverage as
select c.measure_id, c.unit_code, c.first_day, c.last_day, c.load_id as known_from
from record.coverage c
where c.kind = 'events' and (c.measure_id in (select measure_id from death_measure)) = (select deaths from building);

create table published.event as
with held as (
    select e.*, l.issue
    from record.event e
    join record.load l using (load_id)
    where (e.measure_id in (select measure_id from death_measure)) = (select deaths from building)
    qualify row_number() over (
        partition by e.load_id, e.measure_id, e.event_ref order by e.revision desc, severity_rank(e.severity) desc
    ) = 1
),
spoken as (
    select h.load_id, h.measure_id, h.event_ref, h.issue, c.load_id as other_load, l.issue as other_issue
    from held h
    join record.coverage c
        on c.kind = 'events' and c.measure_id = h.measure_id and c.unit_code = h.unit_code
        and h.day between c.first_day and c.last_day
    join record.load l on l.load_id = c.load_id
    where c.load_id <> h.load_id
    union
    select h.load_id, h.measure_id, h.event_ref, h.issue, other.load_id, other.issue
    from held h
    join held other on other.measure_id = h.measure_id and other.event_ref = h.event_ref and other.load_id <> h.load_id
),
stretch as (
    select load_id, measure_id, event_ref,
        bool_or(other_load < load_id and other_issue > issue) as never_spoke,
        min(other_load) filter (where other_load > load_id and other_issue >= issue) as known_until,
    from spoken
    group by all
)
select h.measure_id, h.unit_code, h.day, h.event_ref, h.revision, h.severity, h.status, h.load_id as known_from, s.known_until,
    h.status <> 'other_conclusion' and (r.least is null or h.severity = '' or severity_rank(h.severity) >= r.least) as counted,
from held h
left join stretch s using (load_id, measure_id, event_ref)
left join measure_severity r on r.measure_id = h.measure_id
where not coalesce(s.never_spoke, false);
