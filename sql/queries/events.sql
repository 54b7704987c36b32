-- The days on which the events that count of one measure happened, as known at one position.
--
-- Grain:   one row per event, oldest first.
-- Params:  $known_at, $measure_id.
-- Columns: unit_code, day, severity, status.
select unit_code, day, severity, status
from event
where measure_id = $measure_id and counted and known_from <= $known_at and (known_until is null or known_until > $known_at)
order by day, unit_code
