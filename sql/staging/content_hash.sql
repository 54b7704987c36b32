-- What stands for the content of the accepted rows, whatever their order: a number of their digests, how many there are, and
-- their sum, so that a row that stands twice does not cancel itself. Grain: one row.
select coalesce(bit_xor(digest), 0)::varchar || ':' || count(*) || ':' || coalesce(sum((digest & 4294967295)::bigint), 0)::varchar
from (
    select md5_number(concat_ws('|', measure_id, unit_code, period_start, months, breakdown, severity, state,
        coalesce(numerator::varchar, ''), coalesce(denominator::varchar, ''))) as digest
    from accepted_cell
    union all
    select md5_number(concat_ws('|', 'exposure', kind, unit_code, month, state, coalesce(value::varchar, ''))) as digest
    from accepted_exposure
    union all
    select md5_number(concat_ws('|', 'event', measure_id, unit_code, day, event_ref, revision, severity, status)) as digest
    from accepted_event
    union all
    select md5_number(concat_ws('|', 'coverage', kind, measure_id, unit_code, first_day, last_day)) as digest
    from accepted_coverage
    union all
    select md5_number(concat_ws('|', 'unit', code, name, level, parent, peer_group, coalesce(beds, -1), valid_from,
        coalesce(valid_to::varchar, ''), follows)) as digest
    from accepted_unit
)
