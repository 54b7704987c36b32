-- Known units to which the file gives another level. Grain: one row per unit. Columns: code.
select distinct a.code
from accepted_unit a
join (select distinct code, level from current_unit) k using (code)
where a.code not in (select code from current_unit c where c.level = a.level)
order by a.code
