-- What of the file can be stored: everything on a line without a problem. Grain of each: as its typed table.
create table rejected_line as select distinct line from problem where line > 0;

-- Views: a million good rows are not copied once more.
create view accepted_cell as
select line, denominator_line, measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state
from typed_cell
anti join rejected_line using (line)
where denominator_line is null or denominator_line not in (select line from rejected_line);

-- Where numerator and denominator stand on two lines, a line that loses its other half is reported with it.
insert into problem
select distinct denominator_line, 'line', null, 'its other half, line ' || line || ', cannot be used'
from typed_cell
where denominator_line is not null and line not in (select line from accepted_cell)
    and denominator_line not in (select line from rejected_line)
    and denominator_line not in (select denominator_line from accepted_cell where denominator_line is not null)
union
select line, 'line', null, 'its other half, line ' || denominator_line || ', cannot be used'
from typed_cell
where denominator_line in (select line from rejected_line) and line not in (select line from rejected_line);

delete from set_aside where line in (select line from problem);

create view accepted_exposure as
select line, kind, unit_code, month, value, state
from typed_exposure
anti join rejected_line using (line);

create table accepted_event as
select e.line, e.measure_id, e.unit_code, e.day, r.event_ref, e.revision, e.severity, e.status
from typed_event e
anti join rejected_line using (line)
join reference_hash r using (reference_text);


-- What the load speaks for. Of cells: the days that the loader said, or the first and the last of what there is.
create table accepted_coverage as
select distinct measure_id, unit_code, first_day, last_day, 'events' as kind
from covered
anti join spoilt using (measure_id, unit_code)
union all
select measure_id, unit_code, coalesce(any_value(covers_from), min(first_day)), coalesce(any_value(covers_to), max(last_day)), 'cells'
from (
    select measure_id, unit_code, period_start as first_day, last_day(period_start + to_months(months - 1)) as last_day
    from accepted_cell
    union all
    select kind, unit_code, month, last_day(month) from accepted_exposure
), setting
group by measure_id, unit_code;

-- Lines that count nowhere, since a word of theirs is not mapped: the month they lie in is in question for whomever they may
-- belong to, until the listing is loaded again with the word mapped.
insert into accepted_coverage
select distinct m.measure_id, c.unit_code, x.month, last_day(x.month), 'unmapped'
from (select * from unmapped_line join unmapped_month using (line)) x
join mapped_measure m on coalesce(len(x.measures), 0) = 0 or list_contains(x.measures, m.measure_id)
join (select distinct measure_id, unit_code from accepted_coverage) c
    on c.measure_id = m.measure_id
    and (c.unit_code = x.unit or coalesce(x.unit, '') not in (select code from unit_ref));

create table accepted_unit as
select line, code, name, level, parent, peer_group, beds, valid_from, valid_to, follows
from typed_unit
anti join rejected_line using (line);

-- Every line that reached a table; what is in neither this, problem nor set_aside would be lost.
create table fed_line as
select line from accepted_cell
union
select denominator_line from accepted_cell where denominator_line is not null
union
select line from accepted_exposure
union
select line from accepted_event
union
select line from typed_coverage anti join rejected_line using (line) where line > 0
union
select line from accepted_unit where level not in ('provider', 'country');
