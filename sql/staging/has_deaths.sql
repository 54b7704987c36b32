-- Whether an extract speaks of deaths: in a line, a wrong one included, or in what it claims to be complete for. Grain: one row.
--
-- Params: $deaths (ids of measures). Columns: lines (how many).
with spoken as (
    select lower(measure_text) as measure_id from event_cell
    union all
    select measure_id from accepted_coverage
    union all
    select measure_id from mapped_measure
)
select count(*) as lines
from spoken
where measure_id in (select unnest($deaths))
