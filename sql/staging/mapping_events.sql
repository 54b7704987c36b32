-- The lines of a mapping to events: each ends in mapped_incoming, problem or set_aside, and in one of them only.
--
-- Where lines are combined, an incident is what its highest revision says, once, at the worst harm over its lines.
insert into problem
select line, 'revision', revision, 'not a whole number: write digits only'
from mapped_line
where is_combined and not is_earlier and aside is null and is_revision_unknown;

insert into unmapped_line
select line, unit, measures, 'revision', ''
from mapped_line
where is_combined and not is_earlier and aside is null and is_revision_unknown;

-- The worst harm is not known before every line of the incident is.
insert into unmapped_line
select line, unit, measures, 'incident', ''
from mapped_line
where is_combined and not is_earlier and aside is null and line not in (select line from problem)
    and incident in (
        select incident from mapped_line where is_combined and not is_earlier and line in (select line from problem)
    );

insert into problem
select line, 'event_reference', null, 'another line of this incident cannot be used'
from unmapped_line
where role = 'incident';

create table counted_line as
select *, min(line) over (partition by is_combined, incident) as first_line,
from mapped_line
where not is_earlier and aside is null and line not in (select line from problem);

insert into set_aside
select line, 'another patient of an incident that is counted once'
from counted_line
where line <> first_line;

create table mapped_incoming as
with worst as (
    select first_line as line,
        arg_max(severity, coalesce(list_position(['none', 'low', 'moderate', 'severe', 'fatal'], severity), 0)) as severity,
        list_sort(list_distinct(flatten(list(measures)))) as measures
    from counted_line
    group by first_line
)
select
    c.line, c.day, c.unit,
    unnest(case when len(w.measures) > 0 then w.measures else [null] end) as measure,
    c.event_reference, c.revision, w.severity, c.status, c.covers_from, c.covers_to,
from counted_line c
join worst w using (line);
