-- Dated events, and what was covered. Grain of event: one row per event and stretch of positions.
--
-- For each day the covering load with the highest issue speaks, so an event that vanished from a later extract is gone.
create table published.coverage as
select c.measure_id, c.unit_code, c.first_day, c.last_day, c.load_id as known_from
from record.coverage c
where (c.measure_id in (select measure_id from death_measure)) = (select deaths from building);

create table published.event as
with counted as (
    select e.*, l.issue
    from record.event e
    join record.load l using (load_id)
    where (e.measure_id in (select measure_id from death_measure)) = (select deaths from building)
    qualify row_number() over (
        partition by e.load_id, e.measure_id, e.event_ref order by e.revision desc, severity_rank(e.severity) desc
    ) = 1
),
spoken as (
    select e.load_id, e.measure_id, e.event_ref, c.load_id as other_load, l.issue as other_issue, e.issue
    from counted e
    join record.coverage c
        on c.measure_id = e.measure_id and c.unit_code = e.unit_code and e.day between c.first_day and c.last_day
    join record.load l on l.load_id = c.load_id
    where c.load_id <> e.load_id
),
stretch as (
    select load_id, measure_id, event_ref,
        bool_or(other_load < load_id and other_issue > issue) as never_spoke,
        min(other_load) filter (where other_load > load_id and other_issue >= issue) as known_until,
    from spoken
    group by all
)
select e.measure_id, e.unit_code, e.day, e.event_ref, e.revision, e.severity, e.status, e.load_id as known_from, s.known_until
from counted e
left join stretch s using (load_id, measure_id, event_ref)
where not coalesce(s.never_spoke, false);
