-- Deaths that would leave the count if a load were withdrawn: no other load in force holds them.
-- Grain: one row per measure and month. Params: $load_id, $deaths (the measures that count deaths). Columns: what.
select distinct e.measure_id || ' of ' || strftime(e.day, '%Y-%m') as what
from record.event e
where e.load_id = $load_id and e.measure_id in (select unnest($deaths)) and not exists (
    from record.event other
    semi join active_load using (load_id)
    where other.measure_id = e.measure_id and other.event_ref = e.event_ref and other.load_id <> $load_id
)
order by what
