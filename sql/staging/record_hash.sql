-- What stands for the rows that the record holds of each load, as content_hash.sql said it of the accepted rows.
-- Grain: one row per load. Columns: load_id, content_hash.
select load_id,
    coalesce(bit_xor(digest), 0)::varchar || ':' || count(*) || ':' || coalesce(sum((digest & 4294967295)::bigint), 0)::varchar
        as content_hash,
from (
    select load_id, md5_number(concat_ws('|', measure_id, unit_code, period_start, months, breakdown, severity, state,
        coalesce(numerator::varchar, ''), coalesce(denominator::varchar, ''))) as digest
    from record.observation
    union all
    select load_id, md5_number(concat_ws('|', 'exposure', kind, unit_code, month, state, coalesce(value::varchar, ''))) as digest
    from record.exposure
    union all
    select load_id, md5_number(concat_ws('|', 'event', measure_id, unit_code, day, event_ref, revision, severity, status)) as digest
    from record.event
    union all
    select load_id, md5_number(concat_ws('|', 'coverage', kind, measure_id, unit_code, first_day, last_day)) as digest
    from record.coverage
    union all
    select load_id, md5_number(concat_ws('|', 'unit', code, name, level, parent, peer_group, coalesce(beds, -1), valid_from,
        coalesce(valid_to::varchar, ''), follows)) as digest
    from record.unit
)
group by load_id
