-- The dated tree. Grain: one row per unit, stretch of its life and stretch of positions.
-- A units load states the whole tree of the trust; national files add providers, each by itself.
create table published.unit as
with tree as (
    select load_id, issue, in_force_from, in_force_until
    from load_spell
    join record.load using (load_id, issue)
    where feed = 'units'
),
turn as (
    select distinct unnest([in_force_from, in_force_until]) as position from tree
),
winner as (
    select t.position, r.load_id
    from turn t
    left join tree r on r.in_force_from <= t.position and (r.in_force_until is null or r.in_force_until > t.position)
    where t.position is not null
    qualify row_number() over (partition by t.position order by r.issue desc nulls last, r.load_id desc) = 1
),
spoken as (
    select *, lead(position) over (order by position) as next_position from winner
)
select u.code, u.name, u.level, u.parent, u.peer_group, u.beds, u.valid_from, u.valid_to, u.follows,
    s.position as known_from, s.next_position as known_until,
from spoken s
join record.unit u using (load_id)
union all
select code, name, level, parent, peer_group, beds, valid_from, valid_to, follows, load_id, null
from record.unit
where level in ('provider', 'country')
qualify row_number() over (partition by code order by load_id) = 1;
