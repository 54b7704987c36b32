-- Units with figures in force that the tree in force does not know. Grain: one row per unit. Columns: unit_code.
with tree as (
    select load_id from active_load where feed = 'units' order by issue desc, load_id desc limit 1
),
spoken as (
    select distinct unit_code from record.observation semi join active_load using (load_id)
    union
    select distinct unit_code from record.exposure semi join active_load using (load_id)
    union
    select distinct unit_code from record.coverage semi join active_load using (load_id) where kind = 'events'
)
select unit_code
from spoken
where unit_code not in (select code from record.unit semi join tree using (load_id))
    and unit_code not in (select code from record.unit where level in ('provider', 'country'))
