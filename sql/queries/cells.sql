-- Monthly figures as loaded, as known at one position: no breakdown, every severity together.
--
-- Grain:   one row per measure, unit and month.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, month, numerator, denominator (NULL where the extract has none), state.
select measure_id, unit_code, period_start as month, numerator::double as numerator, denominator::double as denominator, state
from cell
where months = 1 and breakdown = '' and severity = ''
    and known_from <= $known_at and (known_until is null or known_until > $known_at)
order by measure_id, unit_code, month
