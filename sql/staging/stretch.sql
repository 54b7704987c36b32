-- The first and last day that the accepted rows speak of. Grain: one row; NULL where there are none.
select min(first_day), max(last_day)
from (
    select min(period_start) as first_day, max(last_day(period_start + to_months(months - 1))) as last_day from accepted_cell
    union all
    select min(month), max(last_day(month)) from accepted_exposure
    union all
    select min(first_day), max(last_day) from accepted_coverage
)
