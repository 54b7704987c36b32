-- Who was told of what by e-mail, but for what was withdrawn. Grain: one row per address and key, in the order of telling.
--
-- Columns: person (as it was written), key.
with each as (
    select decision_id, detail->>'person' as person, unnest((detail->'keys')::varchar[]) as key
    from record.decision
    where kind = 'told'
        and not exists (select 1 from record.decision w where w.kind = 'withdrawal' and w.concerns = decision.decision_id)
)
select person, key
from each
group by person, key
order by min(decision_id), key
