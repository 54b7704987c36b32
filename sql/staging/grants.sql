-- The grants in force: nobody has withdrawn them. Grain: one row per grant, oldest first.
--
-- Columns: decision_id, detail (JSON: person, role, units, measures, ends_on), reason, decided_by, decided_at (UTC).
select d.decision_id, d.detail, d.reason, d.decided_by, d.decided_at::varchar as decided_at,
from record.decision d
where d.kind = 'grant'
    and not exists (select 1 from record.decision w where w.kind = 'withdrawal' and w.concerns = d.decision_id)
order by d.decision_id
