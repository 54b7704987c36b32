-- What the file would change, cell by cell, against the record as it is now.
--
-- change: new, changed, unchanged, older (a later issue of the same cell is already here), gone (events only).
-- Grain of change_row: one row per cell, exposure, event or unit.
create table change_row (
    what varchar, measure_id varchar, unit_code varchar, month date, breakdown varchar,
    before varchar, after varchar, change varchar, issue bigint,
);

insert into change_row
select 'cell', a.measure_id, a.unit_code, a.period_start, a.breakdown,
    case when c.state = 'reported' then c.numerator::varchar else c.state end,
    case when a.state = 'reported' then a.numerator::varchar else a.state end,
    case
        when c.measure_id is null then 'new'
        when c.issue > (select issue from this_load) then 'older'
        when a.numerator is not distinct from c.numerator and a.denominator is not distinct from c.denominator
            and a.state = c.state then 'unchanged'
        else 'changed'
    end,
    c.issue
from accepted_cell a
left join current_observation c using (measure_id, unit_code, period_start, months, breakdown, severity);

insert into change_row
select 'exposure', a.kind, a.unit_code, a.month, '',
    case when c.state = 'reported' then c.value::varchar else c.state end,
    case when a.state = 'reported' then a.value::varchar else a.state end,
    case
        when c.kind is null then 'new'
        when c.issue > (select issue from this_load) then 'older'
        when a.value is not distinct from c.value and a.state = c.state then 'unchanged'
        else 'changed'
    end,
    c.issue
from accepted_exposure a
left join current_exposure c using (kind, unit_code, month);
