-- The deaths that count now: held by a load in force that no stronger one speaks over, and not concluded otherwise.
-- Grain: one row per measure and event. Params: $deaths (the measures that count them). Columns: measure_id, event_ref, month.
with held as (
    select e.*, l.issue
    from record.event e
    join active_load l using (load_id)
    where e.measure_id in (select unnest($deaths))
    qualify row_number() over (
        partition by e.measure_id, e.event_ref
        order by l.issue desc, e.load_id desc, e.revision desc, severity_rank(e.severity) desc
    ) = 1
)
select h.measure_id, h.event_ref, strftime(h.day, '%Y-%m') as month
from held h
where h.status <> 'other_conclusion' and not exists (
    from record.coverage c
    join active_load l using (load_id)
    where c.kind = 'events' and c.measure_id = h.measure_id and c.unit_code = h.unit_code
        and h.day between c.first_day and c.last_day and (l.issue, l.load_id) > (h.issue, h.load_id)
)
