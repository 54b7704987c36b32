-- A headerless monthly cut (date, provider, measure, value) into `unit_cell`, `cell` and `exposure_cell`.
-- The national names of the same thing changed in the middle of the series; each stands here once.
insert into unit_cell
select min(line), said(provider), said(provider), 'provider', '', '', null, '1900-01-01', null, ''
from incoming
group by said(provider);

create temp table cut_name (name varchar, measure_id varchar, exposure varchar);

insert into cut_name values
    ('MHS76', 'restraint_people', null),
    ('Bed days in RP', null, 'occupied_bed_days'),
    ('People subject to detention', 'mha_people', null),
    ('People subject to the Mental Health Act', 'mha_people', null);

insert into problem
select line, 'measure', said(measure), 'this national measure is not known here'
from incoming
where said(measure) is null or said(measure) not in (select name from cut_name);

insert into cell by name
select
    line,
    said(date) as month_text,
    said(provider) as unit_text,
    measure_id as measure_text,
    said(value) as numerator_text,
    null as denominator_text,
    null as state_text,
    '' as breakdown,
    '' as severity,
    1 as months,
    null::bigint as denominator_line,
    false as takes_denominator,
    'value' as column_name,
from incoming
join cut_name on cut_name.name = said(measure) and measure_id is not null;

insert into exposure_cell by name
select
    line,
    said(date) as month_text,
    said(provider) as unit_text,
    exposure as kind_text,
    said(value) as value_text,
    'value' as column_name,
from incoming
join cut_name on cut_name.name = said(measure) and exposure is not null;
