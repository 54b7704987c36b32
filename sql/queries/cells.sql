-- Monthly figures as loaded, as known at one position: no breakdown, every severity together.
--
-- Where a source sends its figures by severity alone, they are added; a row for all severities goes first.
--
-- Grain:   one row per measure, unit and month.
-- Params:  $known_at.
-- Columns: measure_id, unit_code, month, numerator, denominator (NULL where the extract has none), state.
with known as (
    select *, bool_or(severity = '') over (partition by measure_id, unit_code, period_start) as has_whole,
    from cell
    where months = 1 and breakdown = '' and known_from <= $known_at and (known_until is null or known_until > $known_at)
)
select measure_id, unit_code, period_start as month,
    case when bool_and(state = 'reported') then sum(numerator)::double end as numerator,
    case when bool_and(state = 'reported') then max(denominator)::double end as denominator,
    case
        when bool_or(state = 'suppressed') then 'suppressed'
        when bool_or(state = 'missing') then 'missing'
        when bool_or(state = 'not_due') then 'not_due'
        else 'reported'
    end as state,
from known
where severity = '' or not has_whole
group by measure_id, unit_code, period_start
order by measure_id, unit_code, month
