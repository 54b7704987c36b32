-- Figures of measures that are not monthly, and figures by group, as known at one position.
--
-- Grain:   one row per measure, unit, period and breakdown.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, period_start, months (length of the period), breakdown ('' for all), numerator,
--          denominator, state.
select measure_id, unit_code, period_start, months, breakdown, numerator::double as numerator,
    denominator::double as denominator, state
from cell
where (months <> 1 or breakdown <> '') and severity = ''
    and known_from <= $known_at and (known_until is null or known_until > $known_at)
order by measure_id, unit_code, period_start, breakdown
