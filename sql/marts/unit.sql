-- The dated tree. Grain: one row per unit, stretch of its life and stretch of positions.
-- A units load states the whole tree of the trust; national files add providers, each by itself.
create table published.unit as
with loads as (
    select load_id, issue,
        coalesce(max(issue) over (order by load_id rows between unbounded preceding and 1 preceding), 0) as issue_before,
    from record.load
    where feed = 'units'
),
trees as (
    select load_id as known_from, lead(load_id) over (order by load_id) as known_until
    from loads
    where issue >= issue_before
)
select u.code, u.name, u.level, u.parent, u.peer_group, u.beds, u.valid_from, u.valid_to, u.follows, t.known_from, t.known_until
from record.unit u
join trees t on t.known_from = u.load_id
union all
select code, name, level, parent, peer_group, beds, valid_from, valid_to, follows, load_id, null
from record.unit
where level in ('provider', 'country')
qualify row_number() over (partition by code order by load_id) = 1;
