-- The tidy provider file into `unit_cell`, `cell` and `exposure_cell`. Grain: one row per provider and month.
-- Providers come by name, without a code; the name is their code.
insert into unit_cell
select min(line), said(provider_name), said(provider_name), 'provider', '', '', null, '1900-01-01', null, ''
from incoming
group by said(provider_name);

insert into cell by name
select
    line,
    said(period_start) as month_text,
    said(provider_name) as unit_text,
    measure_text,
    numerator_text,
    null as denominator_text,
    null as state_text,
    '' as breakdown,
    '' as severity,
    1 as months,
    null::bigint as denominator_line,
    false as takes_denominator,
    column_name,
from (
    select line, period_start, provider_name, 'restraint_people' as measure_text,
        said(people_restrained_mhs76) as numerator_text, 'people_restrained_mhs76' as column_name,
    from incoming
    union all
    select line, period_start, provider_name, 'mha_people',
        said(people_detained_or_subject_to_mha), 'people_detained_or_subject_to_mha',
    from incoming
);

insert into exposure_cell by name
select
    line,
    said(period_start) as month_text,
    said(provider_name) as unit_text,
    'occupied_bed_days' as kind_text,
    said(bed_days) as value_text,
    'bed_days' as column_name,
from incoming;
