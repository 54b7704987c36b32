-- Whether any line of the extract speaks of deaths, wrong lines included. Grain: one row.
--
-- Params: $deaths (ids of measures). Columns: lines (how many).
select count(*) as lines
from event_cell
where lower(measure_text) in (select unnest($deaths))
