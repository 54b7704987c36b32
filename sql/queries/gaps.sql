-- Months in question because lines of a listing could not be counted: a word of theirs is not mapped yet.
--
-- Grain:   one row per measure, unit and month.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, month.
select distinct measure_id, unit_code, month
from gap
where known_from <= $known_at and (known_until is null or known_until > $known_at)
order by measure_id, unit_code, month
