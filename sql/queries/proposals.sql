-- Decisions that wait for somebody else's approval, as the published version knows them.
--
-- Grain:   one row per decision.
-- Params:  none.
-- Columns: decision_id, kind, measure_id ('' for every), unit_code ('' for every), first_month, last_month, detail (JSON),
--          reason, decided_by, decided_at, approved_by, approved_at (both NULL).
select decision_id, kind, measure_id, unit_code, first_month, last_month, detail, reason, decided_by, decided_at,
    approved_by, approved_at
from decision
where known_from is null and known_until is null
order by decision_id
