-- The accepted rows into the record, inside the caller's transaction.
insert into record.observation
select l.load_id, a.measure_id, a.unit_code, a.period_start, a.months, a.breakdown, a.severity, a.numerator, a.denominator, a.state
from accepted_cell a, this_load l;

insert into record.exposure
select l.load_id, a.kind, a.unit_code, a.month, a.value, a.state
from accepted_exposure a, this_load l;

insert into record.coverage
select l.load_id, a.measure_id, a.unit_code, a.first_day, a.last_day, a.kind
from accepted_coverage a, this_load l;

insert into record.event
select l.load_id, a.measure_id, a.unit_code, a.day, a.event_ref, a.revision, a.severity, a.status
from accepted_event a, this_load l;

insert into record.unit
select l.load_id, a.code, a.name, a.level, a.parent, a.peer_group, a.beds, a.valid_from, a.valid_to, a.follows
from accepted_unit a, this_load l;
