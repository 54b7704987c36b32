-- Type every staged unit and list what is wrong with it. Grain of typed_unit: one row per unit and stretch of its life.
create table typed_unit as
select
    line, code, name, level, parent, peer_group, beds_text,
    case when regexp_full_match(beds_text, '\d{1,6}') then beds_text::integer end as beds,
    valid_from_text, day_of(valid_from_text, style) as valid_from,
    valid_to_text, day_of(valid_to_text, style) as valid_to,
    follows,
from unit_cell, setting;

update typed_unit set valid_from = date '1900-01-01' where valid_from_text = '1900-01-01';

insert into problem
select line, 'code', code, 'a unit needs a code, a name and a level'
from typed_unit
where code is null or name is null or level is null;

insert into problem
select line, 'level', level, 'a level is trust, division, service, ward or team'
from typed_unit
where level not in ('trust', 'division', 'service', 'ward', 'team', 'provider', 'country');

insert into problem
select line, 'code', code, 'a totals row: leave it out, totals are computed'
from typed_unit
where is_total(code) or is_total(name);

insert into problem
select line, 'parent', parent, 'no unit in this file has this code'
from typed_unit
where parent <> '' and parent not in (select code from typed_unit where code is not null);

insert into problem
select line, 'parent', parent, 'a unit cannot be its own parent'
from typed_unit
where parent = code;

insert into problem
with recursive above as (
    select line, code, parent, valid_from as first_day, coalesce(valid_to, date '9999-12-31') as last_day
    from typed_unit
    where parent <> '' and parent <> code
    union
    select a.line, a.code, u.parent, greatest(a.first_day, u.valid_from), least(a.last_day, coalesce(u.valid_to, date '9999-12-31'))
    from above a
    join typed_unit u
        on u.code = a.parent and u.valid_from <= a.last_day and coalesce(u.valid_to, date '9999-12-31') >= a.first_day
    where u.parent <> '' and a.parent <> a.code
)
select distinct a.line, 'parent', t.parent, 'the parents go round in a circle: a unit cannot stand below itself'
from above a
join typed_unit t using (line)
where a.parent = a.code;

insert into problem
select line, 'parent', '', 'only a trust stands at the top: name the parent'
from typed_unit
where parent = '' and level not in ('trust', 'provider', 'country');

insert into problem
select line, 'beds', beds_text, 'not a whole number of beds'
from typed_unit
where beds_text is not null and beds is null;

insert into problem
select line, 'valid_from', valid_from_text, 'not a day: write 2026-04-01'
from typed_unit
where valid_from is null;

insert into problem
select line, 'valid_to', valid_to_text, 'not a day at or after valid_from'
from typed_unit
where valid_to_text is not null and (valid_to is null or valid_to < valid_from);

insert into problem
select line, 'follows', follow, 'no unit in this file has this code'
from (select line, unnest(string_split(follows, ' ')) as follow from typed_unit where follows <> '')
where follow <> '' and follow not in (select code from typed_unit where code is not null);

insert into problem
select b.line, 'valid_from', b.valid_from_text, 'this unit already stands on line ' || a.line || ' for these days'
from typed_unit a
join typed_unit b
    on a.code = b.code and a.line < b.line
    and a.valid_from <= coalesce(b.valid_to, date '9999-12-31') and b.valid_from <= coalesce(a.valid_to, date '9999-12-31')
where a.level not in ('provider', 'country');
