-- Every decision, whatever became of it, as the published version knows it.
--
-- Grain:   one row per decision.
-- Params:  none.
-- Columns: decision_id, kind, measure_id ('' for every), unit_code ('' for every), first_month, last_month, detail (JSON),
--          reason, decided_by, decided_at, approved_by, approved_at (both NULL where nobody has), state (in force, waiting,
--          withdrawn).
select decision_id, kind, measure_id, unit_code, first_month, last_month, detail, reason, decided_by, decided_at,
    approved_by, approved_at,
    case when known_until is not null then 'withdrawn' when known_from is null then 'waiting' else 'in force' end as state,
from decision
order by decision_id desc
