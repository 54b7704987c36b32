-- The exposure feed into `exposure_cell`. Grain: one row per line of the file.
insert into exposure_cell by name
select
    line,
    said(month) as month_text,
    said(unit) as unit_text,
    said(kind) as kind_text,
    said(value) as value_text,
    'value' as column_name,
from incoming
