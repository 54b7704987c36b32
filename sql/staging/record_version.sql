-- The last position of the record that a figure could depend on: its newest load or decision. Grain: one row.
--
-- Who may look, who gets packs and who was told of what (NAMING in data/decisions.py), and what was published, changes none.
with naming_row as (select decision_id from record.decision where kind in ('grant', 'recipients', 'told', 'publication'))
select greatest(
    (select coalesce(max(load_id), 0) from record.load),
    (
        select coalesce(max(decision_id), 0) from record.decision
        where decision_id not in (select decision_id from naming_row)
            and coalesce(concerns, 0) not in (select decision_id from naming_row)
    )
)
