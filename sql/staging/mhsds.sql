-- The national MHSDS layout into `unit_cell`, `cell` and `set_aside`. Grain: one row per line of the file.
--
-- A measure's two halves stand on two lines with their own codes; one file mixes periods of one and three months, so
-- the length of the period is part of the key. Codes that no measure names are set aside, by code.
create temp table national_line as
select
    line,
    said(reporting_period_start) as start_text,
    said(reporting_period_end) as end_text,
    said(primary_level) as unit_code,
    said(primary_level_description) as unit_name,
    said(breakdown) as breakdown,
    coalesce(said(secondary_level), 'NONE') as secondary_level,
    said(measure_id) as code,
    said(measure_value) as value_text,
    day_of(said(reporting_period_start), 'dmy') as period_start,
    day_of(said(reporting_period_end), 'dmy') as period_end,
    (datediff('month', period_start, period_end) + 1)::tinyint as months,
from incoming;

create temp table wanted_line as
select n.*, m.measure_id, m.national_numerator = n.code as is_numerator,
from national_line n
join measure_ref m on n.code in (m.national_numerator, m.national_denominator)
where n.secondary_level = 'NONE' and n.breakdown in ('England', 'Provider');

insert into problem
select line, 'REPORTING_PERIOD_END', end_text,
    'a period must begin on the first day of a month and last 1, 3 or 12 whole months'
from national_line
where line in (select line from wanted_line)
    and (period_start is null or period_end is null or day(period_start) <> 1
        or period_end <> last_day(period_end) or months not in (1, 3, 12));

insert into set_aside
select line, coalesce(code, 'no code') || ': no measure of the catalogue names this code'
from national_line
where line not in (select line from wanted_line);

insert into unit_cell
select min(line), unit_code, any_value(unit_name), case any_value(breakdown) when 'England' then 'country' else 'provider' end,
    '', '', null, '1900-01-01', null, ''
from wanted_line
group by unit_code;

insert into cell by name
select
    n.line,
    strftime(n.period_start, '%Y-%m-%d') as month_text,
    n.unit_code as unit_text,
    n.measure_id as measure_text,
    n.value_text as numerator_text,
    d.value_text as denominator_text,
    null as state_text,
    '' as breakdown,
    '' as severity,
    n.months,
    d.line as denominator_line,
    true as takes_denominator,
    'MEASURE_VALUE' as column_name,
from wanted_line n
left join wanted_line d
    on not d.is_numerator and d.measure_id = n.measure_id and d.unit_code = n.unit_code
    and d.period_start = n.period_start and d.months = n.months
where n.is_numerator and n.period_start is not null and n.months in (1, 3, 12);

insert into set_aside
select distinct line, code || ': a denominator whose numerator is not in the file'
from wanted_line
where line not in (select line from cell)
    and line not in (select denominator_line from cell where denominator_line is not null)
    and line not in (select line from problem);
