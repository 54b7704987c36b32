-- The units feed into `unit_cell`. Grain: one row per line of the file. National files bring their own units.
insert into unit_cell by name
with extract as (
    select * from units_columns
    union all by name
    select * from incoming
)
select
    line,
    said(code) as code,
    said(name) as name,
    lower(said(level)) as level,
    coalesce(said(parent), '') as parent,
    coalesce(said(peer_group), '') as peer_group,
    said(beds) as beds_text,
    said(valid_from) as valid_from_text,
    said(valid_to) as valid_to_text,
    coalesce(said(follows), '') as follows,
from extract;

insert into problem
select line, 'level', level, 'providers and countries come with the national files only: leave this line out'
from unit_cell
where level in ('provider', 'country');
