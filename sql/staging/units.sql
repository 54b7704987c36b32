-- The units feed into `unit_cell`. Grain: one row per line of the file.
insert into unit_cell by name
with extract as (
    select * from units_columns
    union all by name
    select * from incoming
)
select
    line,
    trim(code) as code,
    trim(name) as name,
    lower(trim(level)) as level,
    coalesce(trim(parent), '') as parent,
    coalesce(trim(peer_group), '') as peer_group,
    trim(beds) as beds_text,
    trim(valid_from) as valid_from_text,
    trim(valid_to) as valid_to_text,
    coalesce(trim(follows), '') as follows,
from extract
