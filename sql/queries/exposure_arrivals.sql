-- When what harm is counted against first came for each month, as known at one position of the record.
--
-- Grain:   one row per kind, unit and month.
-- Params:  $known_at.
-- Columns: kind, unit_code, month, arrived_at (UTC).
select e.kind, e.unit_code, e.month, arg_min(l.loaded_at, e.load_id) as arrived_at
from exposure e
join load l using (load_id)
where e.value is not null and e.known_from <= $known_at
group by e.kind, e.unit_code, e.month
order by e.kind, e.unit_code, e.month
