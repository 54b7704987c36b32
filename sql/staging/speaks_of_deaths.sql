-- Whether a load of the record speaks of deaths, in an event or in what it is complete for. Grain: one row.
--
-- Params: $load_id, $deaths (ids of measures). Columns: spoken (how many).
select
    (select count(*) from record.event where load_id = $load_id and measure_id in (select unnest($deaths)))
    + (select count(*) from record.coverage where load_id = $load_id and measure_id in (select unnest($deaths))) as spoken
