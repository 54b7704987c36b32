-- What was set aside, each line once, and lines of which something was stored not at all.
-- Grain: one row per reason. Columns: what, lines.
select what, count(*) as lines
from (
    select line, min(what) as what
    from set_aside
    where line not in (select line from fed_line) and line not in (select line from problem)
    group by line
)
group by what
order by what
