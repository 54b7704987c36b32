-- An events file is complete for its units: where one line of a unit and measure cannot be used, none of them is taken.
-- Else the line that is missing would read as a fall. Grain of spoilt: one row per measure and unit.
create table event_line as
select
    e.line, e.measure_text as measure_id, e.unit_text as unit_code, r.event_ref,
    e.line in (select line from problem) as is_rejected,
    e.measure_text in (select measure_id from measure_ref) and (e.unit_text = '*' or e.unit_text in (select code from unit_ref)) as is_placed,
    e.day_text is null and e.reference_text is null and (e.covers_from_text is not null or e.covers_to_text is not null) as is_coverage,
from event_cell e
left join reference_hash r using (reference_text);

-- An event may have stood on another unit before: what is spoilt for one is spoilt for the other.
create table spoilt as
with recursive standing as (
    select measure_id, event_ref, unit_code from event_line where event_ref is not null
    union
    select measure_id, event_ref, unit_code
    from record.event
    semi join active_load using (load_id)
    semi join event_line using (measure_id, event_ref)
),
reached as (
    select distinct e.measure_id, u.code as unit_code
    from event_line e
    join unit_ref u on u.code = e.unit_code or e.unit_code = '*'
    where e.is_rejected and e.is_placed
    union
    -- A word that is not mapped blocks its own line; where unit and measure are known all the same (its grade of harm is
    -- not), the measure would be short of one there.
    select unnest(measures), unit
    from unmapped_line
    where unit in (select code from unit_ref)
    union
    select other.measure_id, other.unit_code
    from reached r
    join standing s using (measure_id, unit_code)
    join standing other on other.measure_id = s.measure_id and other.event_ref = s.event_ref
)
select * from reached;

insert into problem
select e.line, 'unit', e.unit_code, 'another line of this unit and measure cannot be used, so none of them is taken'
from event_line e
semi join spoilt using (measure_id, unit_code)
where not e.is_rejected;

-- A line with more or fewer columns than the header never became an event: nobody knows whose it is.
insert into problem
select 0, 'unit', null,
    'line ' || min(line) || ' could belong to any unit or measure, so nothing of this file is taken until that line is corrected'
from (
    select line from event_line where is_rejected and not coalesce(is_placed, false) and not is_coverage
    union
    select line
    from problem
    where line > 0 and exists (from event_cell)
        and line not in (select line from event_cell) and line not in (select line from unmapped_line)
)
having count(*) > 0;
