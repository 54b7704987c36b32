-- The loads, newest first, up to one position.
--
-- Grain:   one row per load.
-- Params:  $known_at.
-- Columns: load_id, feed, file_name, status, loaded_by, loaded_at (UTC), first_day, last_day, rows_read, rows_stored,
--          rows_rejected, rows_set_aside, note.
select load_id, feed, file_name, status, loaded_by, loaded_at, first_day, last_day, rows_read, rows_stored, rows_rejected,
    rows_set_aside, note
from load
where load_id <= $known_at
order by load_id desc
