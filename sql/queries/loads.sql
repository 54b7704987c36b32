-- The loads, newest first, up to one position.
--
-- Grain:   one row per load.
-- Params:  $known_at.
-- Columns: load_id, feed, source ('' for the feed's own layout), file_name, status, loaded_by, loaded_at (UTC), first_day,
--          last_day, rows_read, rows_stored, rows_rejected, rows_set_aside, note, withdrawn_by and withdrawn_because
--          (NULL for a load in force).
select load_id, feed, source, file_name, status, loaded_by, loaded_at, first_day, last_day, rows_read, rows_stored, rows_rejected,
    rows_set_aside, note,
    case when withdrawn_at <= $known_at then withdrawn_by end as withdrawn_by,
    case when withdrawn_at <= $known_at then withdrawn_because end as withdrawn_because,
from load
where load_id <= $known_at
order by load_id desc
