-- The events feed into `event_cell`. Grain: one row per line of the file.
-- A line without day and reference states coverage alone: "this unit, these days, nothing happened".
insert into event_cell by name
with extract as (
    select * from events_columns
    union all by name
    select * from incoming
)
select
    line,
    trim(day) as day_text,
    trim(unit) as unit_text,
    trim(measure) as measure_text,
    trim(event_reference) as reference_text,
    trim(revision) as revision_text,
    coalesce(lower(trim(severity)), '') as severity_text,
    coalesce(lower(trim(status)), 'confirmed') as status_text,
    trim(covers_from) as covers_from_text,
    trim(covers_to) as covers_to_text,
from extract
