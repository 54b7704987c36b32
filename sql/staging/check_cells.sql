-- Type every staged cell and list what is wrong with it. Grain of typed_cell: one row per staged cell.
--
-- Texts repeat, so each distinct text is read once and joined back: a million rows hold some thousand texts.
create table month_ref as
select month_text, day_of(month_text, style) as month, day_of(month_text, other_style(style)) is not null as other_format,
from (select distinct month_text from cell union select distinct month_text from exposure_cell), setting;

create table number_ref as
select text, case when has_decimal_commas and text like '%,%' then null else number_of(text) end as number, is_suppressed(text) as suppressed, is_absent(text) as absent
from (
    select distinct numerator_text as text from cell where numerator_text is not null
    union
    select distinct denominator_text from cell where denominator_text is not null
    union
    select distinct value_text from exposure_cell where value_text is not null
), setting;

create table typed_cell as
select
    c.line,
    c.denominator_line,
    c.unit_text as unit_code,
    c.measure_text as measure_id,
    r.month as period_start,
    coalesce(c.months, m.months, 1)::tinyint as months,
    c.breakdown,
    c.severity,
    c.numerator_text,
    c.denominator_text,
    case
        when c.state_text is not null and c.state_text <> '' then c.state_text
        when n.suppressed then 'suppressed'
        when c.numerator_text is null or n.absent then 'missing'
        else 'reported'
    end as state,
    case when state = 'reported' then n.number end as numerator,
    case when state = 'reported' then d.number end as denominator,
    d.suppressed as denominator_suppressed,
    c.column_name,
    c.takes_denominator,
from cell c
left join month_ref r using (month_text)
left join measure_ref m on m.measure_id = c.measure_text
left join number_ref n on n.text = c.numerator_text
left join number_ref d on d.text = c.denominator_text;

create table typed_exposure as
select
    e.line,
    e.kind_text as kind,
    e.unit_text as unit_code,
    r.month,
    e.value_text,
    n.number as value,
    case when n.suppressed then 'suppressed' when e.value_text is null or n.absent then 'missing' else 'reported' end as state,
    e.column_name,
from exposure_cell e
left join month_ref r using (month_text)
left join number_ref n on n.text = e.value_text;

-- Dates.
insert into problem
select line, 'month', month_text,
    case
        when month_text is null then 'the month is missing'
        when other_format and exists (from month_ref where month is not null)
            then 'this column holds two date formats: write every month as the first one, or say --date-format'
        when other_format and style = 'iso'
            then 'months are written 2026-04 here; if the whole column is 17/04/2026, say --date-format dmy'
        when other_format then 'months are written 01/04/2026 here; if the whole column is 2026-04-01, say --date-format iso'
        when declared_as(month_text) is not null and style <> declared_as(month_text)
            then 'not a month: write 2026-04; if the whole column is written like this, say --date-format ' || declared_as(month_text)
        when style = 'iso' then 'not a month: write 2026-04 or 2026-04-01'
        when style = 'dmy' then 'not a date of the form dd/mm/yyyy'
        else 'not a month as the rest of the column writes it'
    end
from (
    select line, month_text from cell where month_text is null
        or month_text in (select month_text from month_ref where month is null)
    union
    select line, month_text from exposure_cell where month_text is null
        or month_text in (select month_text from month_ref where month is null)
)
left join month_ref using (month_text), setting;

insert into problem
select line, 'month', strftime(month, '%Y-%m-%d'),
    case
        when day(month) <> 1 then 'a month is written as its first day'
        when month > today then 'this month is in the future'
        when months > 1 then 'this period of ' || months || ' months has not ended yet'
        else 'this month has not ended yet'
    end
from (select line, period_start as month, months from typed_cell union all select line, month, 1 from typed_exposure), setting
where day(month) <> 1 or last_day(month + to_months(months - 1)) > today;

-- Units.
insert into problem
select line, 'unit', unit_code,
    case
        when unit_code is null then 'the unit is missing'
        when is_total(unit_code) then 'a totals row: leave it out, totals are computed'
        else 'no unit has this code'
    end
from (select line, unit_code from typed_cell union all select line, unit_code from typed_exposure)
where unit_code is null or unit_code not in (select code from unit_ref);

insert into problem
select line, 'unit', unit_code, 'this unit was not open in ' || strftime(month, '%Y-%m')
from (
    select line, unit_code, period_start as month from typed_cell
    union all
    select line, unit_code, month from typed_exposure
)
semi join (
    select unit_code, month
    from (select distinct unit_code, period_start as month from typed_cell
        union select distinct unit_code, month from typed_exposure)
    where unit_code in (select code from unit_ref) and not exists (
        from unit_ref where code = unit_code and valid_from <= last_day(month) and (valid_to is null or valid_to >= month)
    )
) as closed using (unit_code, month);

-- Measures and kinds of exposure.
insert into problem
select line, 'measure', measure_id, case when measure_id is null then 'the measure is missing' else 'no measure has this id' end
from typed_cell
where measure_id is null or measure_id not in (select measure_id from measure_ref);

insert into problem
select line, 'kind', kind, case when kind is null then 'the kind of exposure is missing' else 'no such kind of exposure' end
from typed_exposure
where kind is null or kind not in (select kind from exposure_kind);

insert into problem
select line, 'measure', measure_id, 'deaths are counted by dated events: use the events feed'
from typed_cell
semi join (select measure_id from measure_ref where is_death) using (measure_id);

insert into problem
select line, 'severity', severity, 'a severity is none, low, moderate, severe or fatal'
from typed_cell
where severity not in ('', 'none', 'low', 'moderate', 'severe', 'fatal');

insert into problem
select line, 'breakdown', breakdown, 'a breakdown is ethnicity, sex or age_band, a colon and the group: ethnicity:Asian'
from typed_cell
where breakdown <> '' and not regexp_full_match(breakdown, '(ethnicity|sex|age_band):.+');

-- A total that stands beside its parts would count them twice. Grain of below: one row per pair of units and stretch.
create table below as
with recursive above as (
    select parent as above, code, valid_from as first_day, coalesce(valid_to, date '9999-12-31') as last_day
    from unit_ref
    where parent <> ''
    union
    select u.parent, a.code, greatest(a.first_day, u.valid_from), least(a.last_day, coalesce(u.valid_to, date '9999-12-31'))
    from above a
    join unit_ref u on u.code = a.above and u.valid_from <= a.last_day and coalesce(u.valid_to, date '9999-12-31') >= a.first_day
    where u.parent <> ''
)
select * from above;

create temp table part as
select distinct t.measure_id, t.unit_code as above, b.code as unit_code, t.period_start
from typed_cell t
semi join (select measure_id from measure_ref where additive) using (measure_id)
join below b on b.above = t.unit_code and b.first_day <= last_day(t.period_start) and b.last_day >= t.period_start;

insert into problem
with stored as (
    select o.measure_id, o.unit_code, o.period_start, o.state
    from record.observation o
    join active_load l using (load_id)
    semi join part using (measure_id, unit_code, period_start)
    qualify row_number() over (
        partition by o.measure_id, o.unit_code, o.period_start, o.months, o.breakdown, o.severity
        order by l.issue desc, l.load_id desc
    ) = 1
),
reported as (
    select measure_id, unit_code, period_start
    from typed_cell
    semi join part using (measure_id, unit_code, period_start)
    where state in ('reported', 'suppressed')
    union
    select measure_id, unit_code, period_start from stored where state in ('reported', 'suppressed')
),
doubled as (
    select distinct p.measure_id, p.above as unit_code, p.period_start
    from part p
    semi join reported using (measure_id, unit_code, period_start)
)
select line, 'unit', unit_code, 'wards below this unit report it: leave the row out, totals are computed'
from typed_cell
semi join doubled using (measure_id, unit_code, period_start);

-- Figures.
insert into problem
select line, column_name, numerator_text,
    case when numerator_text is null then 'the state is reported, and there is no figure' else why_no_number(numerator_text, 'a count') end
from typed_cell
where state = 'reported' and numerator is null;

insert into problem
select line, 'denominator', denominator_text, why_no_number(denominator_text, 'a denominator')
from typed_cell
where state = 'reported' and denominator is null and denominator_text is not null and not denominator_suppressed
    and not is_absent(denominator_text);

insert into problem
select line, column_name, value_text, why_no_number(value_text, 'a figure')
from typed_exposure
where state = 'reported' and value is null;

insert into problem
select line, 'state', state, 'a state is reported, suppressed, missing or not_due'
from typed_cell
where state not in ('reported', 'suppressed', 'missing', 'not_due');

insert into problem
select line, 'numerator', numerator_text, 'the state is ' || state || ', and yet there is a figure'
from typed_cell
where state in ('missing', 'not_due') and numerator_text is not null and not is_absent(numerator_text)
    or state = 'suppressed' and not is_suppressed(numerator_text);

-- National files hold back the numerator alone, on a line of its own; here it would be a figure of nothing.
insert into problem
select line, 'denominator', denominator_text, 'a denominator without a reported numerator: leave it blank'
from typed_cell
where takes_denominator and denominator_line is null and state in ('suppressed', 'missing', 'not_due')
    and denominator_text is not null and not (state = 'suppressed' and denominator_suppressed) and not is_absent(denominator_text);

insert into problem
select t.line, t.column_name, t.numerator_text, 'this measure counts whole things: write a whole number'
from typed_cell t
semi join (select measure_id from measure_ref where is_whole) using (measure_id)
where t.numerator <> floor(t.numerator);

insert into problem
select t.line, t.column_name, t.numerator_text, 'the numerator is above the denominator (' || t.denominator_text || ')'
from typed_cell t
join measure_ref m using (measure_id)
where m.is_proportion and t.numerator > t.denominator;

insert into problem
select t.line, 'denominator', t.denominator_text,
    case
        when m.denominator_in_extract then 'this measure needs a denominator on every reported line'
        when m.exposure is not null then 'this measure is divided by ' || m.exposure || ' of the exposure feed: leave the denominator blank'
        else 'this measure has no denominator: leave it blank'
    end
from typed_cell t
join measure_ref m using (measure_id)
where t.takes_denominator and t.state = 'reported'
    and m.denominator_in_extract <> (t.denominator is not null or coalesce(t.denominator_suppressed, false));

insert into problem
select t.line, 'month', strftime(t.period_start, '%Y-%m-%d'),
    'this measure is reported for ' || m.months || ' months at a time, and the line is for ' || t.months
from typed_cell t
join measure_ref m using (measure_id)
where t.months <> m.months and t.takes_denominator and t.denominator_line is not null;

-- The same cell twice: neither line can be believed. A hash finds the few that may repeat; the key itself decides.
insert into problem
select unnest(lines), 'unit', unit_code, 'the same unit, month and measure stand on lines ' || array_to_string(lines[:5], ', ')
from (
    select unit_code, list(line order by line) as lines
    from typed_cell
    where period_start is not null and unit_code is not null and measure_id is not null
        and hash(measure_id, unit_code, period_start, months, breakdown, severity) in (
        select hash(measure_id, unit_code, period_start, months, breakdown, severity) as key
        from typed_cell
        group by key
        having count(*) > 1
    )
    group by measure_id, unit_code, period_start, months, breakdown, severity
    having count(*) > 1
);

insert into problem
select unnest(lines), 'unit', unit_code, 'the same unit, month and kind stand on lines ' || array_to_string(lines[:5], ', ')
from (
    select unit_code, list(line order by line) as lines
    from typed_exposure
    group by kind, unit_code, month
    having count(*) > 1
);
