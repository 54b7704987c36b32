-- The last position of the record that a reader could see: its newest load or decision. Grain: one row.
select greatest(
    (select coalesce(max(load_id), 0) from record.load),
    (select coalesce(max(decision_id), 0) from record.decision)
)
