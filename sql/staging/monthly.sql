-- The monthly feed as `cell`. Grain: one row per line of the file.
-- `month` is the first of the measure's own reporting period, whose length (1, 3 or 12 months) is in the catalogue.
-- A view in place of the table: the largest files come by this feed, and are not copied once more.
drop table cell;

create view cell as
with extract as (
    select * from monthly_columns
    union all by name
    select * from incoming
)
select
    line,
    said(month) as month_text,
    said(unit) as unit_text,
    said(measure) as measure_text,
    said(numerator) as numerator_text,
    said(denominator) as denominator_text,
    lower(said(state)) as state_text,
    coalesce(said(breakdown), '') as breakdown,
    coalesce(lower(said(severity)), '') as severity,
    null::tinyint as months,
    null::bigint as denominator_line,
    true as takes_denominator,
    'numerator' as column_name,
from extract;
