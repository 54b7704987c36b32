-- Type every staged event and list what is wrong with it. Grain of typed_event: one row per event and revision.
create table typed_event as
select
    line,
    measure_text as measure_id,
    unit_text as unit_code,
    day_text,
    day_of(day_text, style) as day,
    reference_text,
    case when regexp_full_match(coalesce(revision_text, '0'), '\d{1,9}') then coalesce(revision_text, '0')::integer end as revision,
    revision_text,
    severity_text as severity,
    status_text as status,
from event_cell, setting
where day_text is not null or reference_text is not null;

-- What the extract says it is complete for: its own columns, or what the loader said for each measure it holds.
create table typed_coverage as
select line, measure_text as measure_id, unit_text as unit_code, covers_from_text, covers_to_text,
    day_of(covers_from_text, style) as first_day, day_of(covers_to_text, style) as last_day,
from event_cell, setting
where covers_from_text is not null or covers_to_text is not null;

insert into problem
select line, 'day', day_text,
    case
        when day_text is null then 'the day of the event is missing'
        when day_of(day_text, other_style(style)) is not null
            and not exists (from typed_event where typed_event.day is not null) and style = 'iso'
            then 'days are written 2026-04-17 here; if the whole column is 17/04/2026, say --date-format dmy'
        when day_of(day_text, other_style(style)) is not null
            then 'this column holds two date formats: write every day as the first one, or say --date-format'
        when style = 'iso' then 'not a day: write 2026-04-17'
        else 'not a date of the form dd/mm/yyyy'
    end
from typed_event, setting
where day is null or (style = 'iso' and length(day_text) <> 10);

insert into problem
select line, 'day', day_text, 'this day is in the future'
from typed_event, setting
where day > today;

insert into problem
select line, 'event_reference', null, 'the reference of the event is missing'
from typed_event
where reference_text is null;

insert into problem
select line, 'revision', revision_text, 'not a whole number: write digits only'
from typed_event
where revision is null;

insert into problem
select line, 'severity', severity, 'a severity is none, low, moderate, severe or fatal'
from typed_event
where severity not in ('', 'none', 'low', 'moderate', 'severe', 'fatal');

insert into problem
select line, 'status', status, 'a status is suspected, confirmed or other_conclusion'
from typed_event
where status not in ('suspected', 'confirmed', 'other_conclusion');

insert into problem
select line, 'unit', unit_code,
    case
        when unit_code is null then 'the unit is missing'
        when is_total(unit_code) then 'a totals row: leave it out, totals are computed'
        else 'no unit has this code'
    end
from (select line, unit_code from typed_event union select line, unit_code from typed_coverage where unit_code <> '*')
where unit_code is null or unit_code not in (select code from unit_ref);

insert into problem
select line, 'unit', unit_code, 'this unit was not open on ' || day_text
from typed_event e
where unit_code in (select code from unit_ref) and day is not null and not exists (
    from unit_ref u where u.code = e.unit_code and u.valid_from <= e.day and (u.valid_to is null or u.valid_to >= e.day)
);

insert into problem
select line, 'measure', measure_id, case when measure_id is null then 'the measure is missing' else 'no measure has this id' end
from (select line, measure_id from typed_event union select line, measure_id from typed_coverage)
where measure_id is null or measure_id not in (select measure_id from measure_ref);

insert into problem
select e.line, 'measure', e.measure_id, 'this measure is counted by month, not by dated events: use the monthly feed'
from typed_event e
join measure_ref m using (measure_id)
where not m.dated_events and not (m.is_whole and m.additive and not m.denominator_in_extract and m.months = 1);

insert into problem
select line, 'covers_from', coalesce(covers_from_text, covers_to_text), 'what the extract covers needs a first and a last day, in this order'
from typed_coverage
where first_day is null or last_day is null or last_day < first_day;

insert into problem
select line, 'covers_to', covers_to_text, 'an extract cannot cover days in the future'
from typed_coverage, setting
where last_day > today;

insert into problem
select line, 'day', null, 'a line holds an event (its day and reference) or days that are covered, and this one holds neither'
from event_cell
where day_text is null and reference_text is null and covers_from_text is null and covers_to_text is null;

insert into problem
select 0, 'covers_to', strftime(covers_to, '%Y-%m-%d'), 'an extract cannot cover days in the future'
from setting
where covers_to > today;

-- The same event, revision and severity twice would count once and hide a slip: neither line is believed.
insert into problem
select unnest(lines), 'event_reference', null, 'the same event and revision stand on lines ' || array_to_string(lines[:5], ', ')
from (
    select list(line order by line) as lines
    from typed_event
    where reference_text is not null
    group by measure_id, reference_text, revision, severity
    having count(*) > 1
);

insert into typed_coverage
select 0, measure_id, '*', null, null, covers_from, covers_to
from (
    select measure_id from typed_event where measure_id in (select measure_id from measure_ref)
    union
    select measure_id from mapped_measure where measure_id in (select measure_id from measure_ref)
), setting
where covers_from is not null;

-- Grain: one row per measure, unit and stretch of days; '*' is every ward-like unit, those without children.
create table covered as
select distinct c.measure_id, u.code as unit_code, greatest(c.first_day, u.valid_from) as first_day,
    least(c.last_day, coalesce(u.valid_to, c.last_day)) as last_day,
from typed_coverage c
join unit_ref u
    on u.code = c.unit_code
    or c.unit_code = '*' and u.code not in (select parent from unit_ref) and u.level not in ('provider', 'country')
where c.first_day is not null and c.last_day is not null
    and u.valid_from <= c.last_day and (u.valid_to is null or u.valid_to >= c.first_day);

insert into problem
select e.line, 'day', e.day_text,
    case when (select count(*) from typed_coverage) = 0
        then 'say what the extract covers: columns covers_from and covers_to, or --covers FROM TO'
        else 'this day is outside what the extract says it covers' end
from typed_event e
where e.day is not null and e.unit_code in (select code from unit_ref)
    and e.measure_id in (select measure_id from measure_ref) and not exists (
        from covered c
        where c.measure_id = e.measure_id and c.unit_code = e.unit_code and e.day between c.first_day and c.last_day
    );
