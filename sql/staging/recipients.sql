-- The lists of recipients in force: nobody has withdrawn them. Grain: one row per list, oldest first.
--
-- Columns: decision_id, detail (JSON: people, pack, sends), reason, decided_by, decided_at (UTC).
select d.decision_id, d.detail, d.reason, d.decided_by, d.decided_at,
from record.decision d
where d.kind = 'recipients'
    and not exists (select 1 from record.decision w where w.kind = 'withdrawal' and w.concerns = d.decision_id)
order by d.decision_id
