-- Each unit of the trust and the one above it today, by the newest units file in force. Grain: one row per unit.
--
-- Columns: code, parent ('' at the top).
with tree as (
    select load_id from active_load where feed = 'units' order by issue desc, load_id desc limit 1
)
select code, parent
from record.unit
semi join tree using (load_id)
where level not in ('provider', 'country')
qualify row_number() over (
    partition by code
    order by valid_from <= (now() at time zone 'UTC')::date desc,
        case when valid_from <= (now() at time zone 'UTC')::date then valid_from end desc nulls last,
        valid_from
) = 1
