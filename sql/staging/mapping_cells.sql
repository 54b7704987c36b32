-- The lines of a mapping to counts by month or to exposure: each ends in mapped_incoming, problem or set_aside, one of them only.
--
-- Where lines are added up, the first line of a cell stands for all of them.
create table cell_line as
select *,
    case
        when combine = 'sum' then md5(concat_ws('|', coalesce(month, ''), coalesce(unit, ''), coalesce(kind, ''),
            array_to_string(list_sort(measures), ','), coalesce(state, ''), coalesce(breakdown, ''), coalesce(severity, '')))
        else line::varchar
    end as cell,
    coalesce(number_of(trim(numerator)), number_of(trim(value))) as figure,
    number_of(trim(denominator)) as divisor,
from mapped_line
where not is_earlier and aside is null and line not in (select line from problem);

-- A sum with a part that is not known is not known.
insert into problem
select line, case when figure is null then 'numerator' else 'denominator' end, null,
    'lines of the same unit and month are added up, and this is not a number'
from cell_line
where cell in (select cell from cell_line group by cell having count(*) > 1)
    and (figure is null or (denominator is not null and divisor is null)
        or (denominator is null and cell in (select cell from cell_line where denominator is not null)));

insert into problem
select line, 'numerator', null, 'another line of the same unit and month cannot be added to it'
from cell_line
where line not in (select line from problem)
    and cell in (select cell from cell_line where line in (select line from problem));

create table counted_line as
select *, min(line) over (partition by cell) as first_line, count(*) over (partition by cell) as lines,
from cell_line
where line not in (select line from problem);

insert into set_aside
select line, 'added to the first line of the same unit, month and measure'
from counted_line
where line <> first_line;

create table mapped_incoming as
with total as (
    select first_line as line, sum(figure) as figure, sum(divisor) as divisor, any_value(lines) as lines
    from counted_line
    group by first_line
)
select c.line, c.month, c.unit,
    unnest(case when len(c.measures) > 0 then c.measures else [null] end) as measure,
    c.kind,
    case when t.lines > 1 and c.numerator is not null then rtrim(rtrim(t.figure::varchar, '0'), '.') else c.numerator end as numerator,
    case when t.lines > 1 then rtrim(rtrim(t.divisor::varchar, '0'), '.') else c.denominator end as denominator,
    c.state, c.breakdown, c.severity,
    case when t.lines > 1 and c.value is not null then rtrim(rtrim(t.figure::varchar, '0'), '.') else c.value end as value,
from counted_line c
join total t using (line);
