-- Cells that one load holds more than once. Grain: one row per such cell. Params: $load_id. Columns: what.
select measure_id || ' of ' || unit_code || ' in ' || strftime(period_start, '%Y-%m') as what
from record.observation
where load_id = $load_id
group by measure_id, unit_code, period_start, months, breakdown, severity
having count(*) > 1
union all
select kind || ' of ' || unit_code || ' in ' || strftime(month, '%Y-%m')
from record.exposure
where load_id = $load_id
group by kind, unit_code, month
having count(*) > 1
