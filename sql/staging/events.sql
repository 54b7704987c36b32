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
    said(day) as day_text,
    said(unit) as unit_text,
    said(measure) as measure_text,
    said(event_reference) as reference_text,
    said(revision) as revision_text,
    coalesce(lower(said(severity)), '') as severity_text,
    coalesce(lower(said(status)), 'confirmed') as status_text,
    said(covers_from) as covers_from_text,
    said(covers_to) as covers_to_text,
from extract
