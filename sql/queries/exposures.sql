-- What harm is counted against, as known at one position.
--
-- Grain:   one row per kind, unit and month.
-- Params:  $known_at.
-- Columns: kind, unit_code, month, value (NULL where it was not reported).
select kind, unit_code, month, value::double as value
from exposure
where known_from <= $known_at and (known_until is null or known_until > $known_at)
order by kind, unit_code, month
