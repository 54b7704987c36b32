-- The month that each line with an unmapped word lies in, where it can be read. Grain: one row per line.
insert into unmapped_month
select distinct u.line, date_trunc('month', try_cast(coalesce(l.day, l.month) as date))::date
from unmapped_line u
join mapped_line l using (line)
where try_cast(coalesce(l.day, l.month) as date) is not null;
