-- A number for what the record holds of each load that does not depend on the order of its rows: what content_hash.sql said
-- of the accepted rows when it was loaded. Grain: one row per load. Columns: load_id, content_hash.
select load_id, bit_xor(part)::varchar as content_hash
from (
    select load_id, bit_xor(md5_number(concat_ws('|', measure_id, unit_code, period_start, months, breakdown, severity, state,
        coalesce(numerator::varchar, ''), coalesce(denominator::varchar, '')))) as part
    from record.observation
    group by load_id
    union all
    select load_id, bit_xor(md5_number(concat_ws('|', 'exposure', kind, unit_code, month, state, coalesce(value::varchar, ''))))
    from record.exposure
    group by load_id
    union all
    select load_id, bit_xor(md5_number(concat_ws('|', 'event', measure_id, unit_code, day, event_ref, revision, severity, status)))
    from record.event
    group by load_id
    union all
    select load_id, bit_xor(md5_number(concat_ws('|', 'coverage', kind, measure_id, unit_code, first_day, last_day)))
    from record.coverage
    group by load_id
    union all
    select load_id, bit_xor(md5_number(concat_ws('|', 'unit', code, name, level, parent, peer_group, coalesce(beds, -1), valid_from,
        coalesce(valid_to::varchar, ''), follows)))
    from record.unit
    group by load_id
)
group by load_id
