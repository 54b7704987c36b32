-- The last position of the record that a figure could depend on: its newest load or decision. Grain: one row.
--
-- Grants decide who may look, and change no figure: they are published alone (sql/staging/grants.sql).
with grant_row as (select decision_id from record.decision where kind = 'grant')
select greatest(
    (select coalesce(max(load_id), 0) from record.load),
    (
        select coalesce(max(decision_id), 0) from record.decision
        where kind <> 'grant' and coalesce(concerns, 0) not in (select decision_id from grant_row)
    )
)
