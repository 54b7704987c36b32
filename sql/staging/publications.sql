-- What was published for everybody. Grain: one row per publication, oldest first.
--
-- A withdrawal changes nothing here: what was seen cannot be taken back.
--
-- Columns: decision_id, detail (JSON: pack, audience, edition, version, month, after, sha256).
select decision_id, detail,
from record.decision
where kind = 'publication'
order by decision_id
