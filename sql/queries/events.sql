-- The days on which counted events of a measure happened on some units, as known at one position.
--
-- Grain:   one row per event, oldest first.
-- Params:  $known_at, $measure_id, $unit_codes.
-- Columns: unit_code, day, severity, status.
select unit_code, day, severity, status
from event
where measure_id = $measure_id and unit_code in (select unnest($unit_codes)) and status <> 'other_conclusion'
    and known_from <= $known_at and (known_until is null or known_until > $known_at)
order by day, unit_code
