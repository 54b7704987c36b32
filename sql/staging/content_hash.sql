-- A number for the content of the accepted rows that does not depend on their order. Grain: one row.
select coalesce(bit_xor(part), 0)::varchar
from (
    select bit_xor(md5_number(concat_ws('|', measure_id, unit_code, period_start, months, breakdown, severity, state,
        coalesce(numerator::varchar, ''), coalesce(denominator::varchar, '')))) as part
    from accepted_cell
    union all
    select bit_xor(md5_number(concat_ws('|', 'exposure', kind, unit_code, month, state, coalesce(value::varchar, ''))))
    from accepted_exposure
    union all
    select bit_xor(md5_number(concat_ws('|', 'event', measure_id, unit_code, day, event_ref, revision, severity, status)))
    from accepted_event
    union all
    select bit_xor(md5_number(concat_ws('|', 'coverage', kind, measure_id, unit_code, first_day, last_day)))
    from accepted_coverage
    union all
    select bit_xor(md5_number(concat_ws('|', 'unit', code, name, level, parent, peer_group, coalesce(beds, -1), valid_from,
        coalesce(valid_to::varchar, ''), follows)))
    from accepted_unit
)
