-- The exposure feed into `exposure_cell`. Grain: one row per line of the file.
insert into exposure_cell by name
select
    line,
    trim(month) as month_text,
    trim(unit) as unit_text,
    trim(kind) as kind_text,
    trim(value) as value_text,
    'value' as column_name,
from incoming
