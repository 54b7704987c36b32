-- The units that the record knows now. Grain of current_unit: one row per unit and stretch of its life.
create view current_unit as
select u.*
from record.unit u
join active_load l using (load_id)
where u.level not in ('provider', 'country')
qualify dense_rank() over (order by l.issue desc, l.load_id desc) = 1
union all
select u.*
from record.unit u
join active_load l using (load_id)
where u.level in ('provider', 'country')
qualify row_number() over (partition by u.code order by l.issue desc, l.load_id desc) = 1;

create table known_unit as
select distinct code, name from current_unit;
