-- What the file is checked against: the units that the record knows, and those that a national file brings itself.
-- Grain of unit_ref: one row per unit and stretch of its life.
insert into unit_ref
select code, name, level, parent, valid_from, valid_to from current_unit
union
select code, name, level, parent, date '1900-01-01', null
from unit_cell
where level in ('provider', 'country') and code is not null and code not in (select code from current_unit);

create view current_observation as
select o.*, l.issue
from record.observation o
join active_load l using (load_id)
qualify row_number() over (
    partition by o.measure_id, o.unit_code, o.period_start, o.months, o.breakdown, o.severity
    order by l.issue desc, l.load_id desc
) = 1;

create view current_exposure as
select e.*, l.issue
from record.exposure e
join active_load l using (load_id)
qualify row_number() over (partition by e.kind, e.unit_code, e.month order by l.issue desc, l.load_id desc) = 1;
