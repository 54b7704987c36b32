-- Dated events, and what was covered. Grain of event: one row per event and stretch of positions.
--
-- An event is one by measure and reference. Of the loads in force that hold it or cover its day the one with the highest
-- issue speaks, so an event that vanished from a later extract is gone, and one that moved to another ward or day stands
-- there alone. Nothing else changes who speaks than a load, its withdrawal or its restoration: its turns.
-- `counted`: it has no other conclusion, and is as severe as its measure asks for (or nobody said how severe).
create table published.coverage as
select c.measure_id, c.unit_code, c.first_day, c.last_day, c.load_id, s.in_force_from as known_from, s.in_force_until as known_until
from record.coverage c
join load_spell s using (load_id)
where c.kind = 'events' and (c.measure_id in (select measure_id from death_measure)) = (select deaths from building);

-- Months in question because lines of a listing counted nowhere, until a stronger load speaks of them.
-- Grain: one row per measure, unit, month and load.
create table published.gap as
select c.measure_id, c.unit_code, c.first_day as month, c.load_id, s.in_force_from as known_from,
    (
        select min(p.position)
        from (
            select s.in_force_until as position
            union all
            select greatest(o.in_force_from, s.in_force_from)
            from record.coverage later
            join load_spell o using (load_id)
            where later.kind <> 'unmapped' and later.measure_id = c.measure_id and later.unit_code = c.unit_code
                and later.first_day <= c.last_day and later.last_day >= c.first_day
                and (o.issue, o.load_id) > (l.issue, c.load_id)
        ) p
    ) as known_until,
from record.coverage c
join record.load l using (load_id)
join load_spell s using (load_id)
where c.kind = 'unmapped' and (c.measure_id in (select measure_id from death_measure)) = (select deaths from building);

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
stronger as (
    select h.load_id, h.measure_id, h.event_ref, c.load_id as other_load
    from held h
    join record.coverage c
        on c.kind = 'events' and c.measure_id = h.measure_id and c.unit_code = h.unit_code
        and h.day between c.first_day and c.last_day
    join record.load l on l.load_id = c.load_id
    where (l.issue, c.load_id) > (h.issue, h.load_id)
    union
    select h.load_id, h.measure_id, h.event_ref, other.load_id
    from held h
    join held other
        on other.measure_id = h.measure_id and other.event_ref = h.event_ref
        and (other.issue, other.load_id) > (h.issue, h.load_id)
),
-- Each turn of the load that holds it, and of those that would speak before it: counts that go up and down.
turn as (
    select h.load_id, h.measure_id, h.event_ref, s.in_force_from as position, 1 as holds, 0 as outspoken
    from held h join load_spell s using (load_id)
    union all
    select h.load_id, h.measure_id, h.event_ref, s.in_force_until, -1, 0
    from held h join load_spell s using (load_id)
    where s.in_force_until is not null
    union all
    select r.load_id, r.measure_id, r.event_ref, s.in_force_from, 0, 1
    from stronger r join load_spell s on s.load_id = r.other_load
    union all
    select r.load_id, r.measure_id, r.event_ref, s.in_force_until, 0, -1
    from stronger r join load_spell s on s.load_id = r.other_load
    where s.in_force_until is not null
),
state as (
    select load_id, measure_id, event_ref, position,
        sum(sum(holds)) over (event order by position) as holds,
        sum(sum(outspoken)) over (event order by position) as outspoken,
    from turn
    group by load_id, measure_id, event_ref, position
    window event as (partition by load_id, measure_id, event_ref)
),
stretch as (
    select *, lead(position) over (partition by load_id, measure_id, event_ref order by position) as next_position
    from state
)
select h.measure_id, h.unit_code, h.day, h.event_ref, h.revision, h.severity, h.status, h.load_id,
    s.position as known_from, s.next_position as known_until,
    h.status <> 'other_conclusion' and (r.least is null or h.severity = '' or severity_rank(h.severity) >= r.least) as counted,
from held h
join stretch s using (load_id, measure_id, event_ref)
left join measure_severity r on r.measure_id = h.measure_id
where s.holds > 0 and s.outspoken = 0;
