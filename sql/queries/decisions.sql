-- Decisions in force, as known at one position.
--
-- Grain:   one row per decision.
-- Params:  $known_at.
-- Columns: decision_id, kind, measure_id ('' for every), unit_code ('' for every), first_month, last_month, detail (JSON),
--          reason, decided_by, decided_at, approved_by, approved_at.
select decision_id, kind, measure_id, unit_code, first_month, last_month, detail, reason, decided_by, decided_at,
    approved_by, approved_at
from decision
where known_from is not null and known_from <= $known_at and (known_until is null or known_until > $known_at)
order by decision_id
