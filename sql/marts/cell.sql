-- Every figure that was ever the current one, with the stretch of the record's positions in which it was.
--
-- Grain: one row per cell and stretch. A load speaks for a cell while it is in force, if no other load in force declared a
-- higher issue or, of the same issue, came later. known_until is NULL for what holds now.
--
-- Most cells were sent once; only the others, known by a hash of the key, need to be put in order. Where no load was ever
-- withdrawn one pass does it; the cells of a withdrawn load are asked again at each of their turns.
create table published.cell as
with figure as (
    select o.*, l.issue, hash(o.measure_id, o.unit_code, o.period_start, o.months, o.breakdown, o.severity) as key,
    from record.observation o
    join record.load l using (load_id)
    where (o.measure_id in (select measure_id from death_measure)) = (select deaths from building)
),
turned as (
    select distinct key from figure semi join turned_load using (load_id)
),
repeated as (
    select key
    from figure
    group by key
    having count(*) > 1
),
numbered as (
    select f.*,
        coalesce(max(f.issue) over (cell order by f.load_id rows between unbounded preceding and 1 preceding), 0) as issue_before,
    from figure f
    semi join repeated using (key)
    anti join turned using (key)
    window cell as (partition by f.measure_id, f.unit_code, f.period_start, f.months, f.breakdown, f.severity)
),
contested as (
    select f.*, s.in_force_from, s.in_force_until
    from figure f
    semi join turned using (key)
    join load_spell s using (load_id)
),
turn as (
    select distinct measure_id, unit_code, period_start, months, breakdown, severity,
        unnest([in_force_from, in_force_until]) as position,
    from contested
),
winner as (
    select t.*, c.numerator, c.denominator, c.state, c.load_id
    from turn t
    left join contested c
        on c.measure_id = t.measure_id and c.unit_code = t.unit_code and c.period_start = t.period_start
        and c.months = t.months and c.breakdown = t.breakdown and c.severity = t.severity
        and c.in_force_from <= t.position and (c.in_force_until is null or c.in_force_until > t.position)
    where t.position is not null
    qualify row_number() over (
        partition by t.measure_id, t.unit_code, t.period_start, t.months, t.breakdown, t.severity, t.position
        order by c.issue desc nulls last, c.load_id desc
    ) = 1
),
spoken as (
    select *, lead(position) over (
        partition by measure_id, unit_code, period_start, months, breakdown, severity order by position
    ) as next_position
    from winner
)
select
    measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state,
    load_id,
    load_id as known_from,
    null::bigint as known_until,
from figure
anti join repeated using (key)
anti join turned using (key)
union all
select
    measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state,
    load_id,
    load_id,
    lead(load_id) over (
        partition by measure_id, unit_code, period_start, months, breakdown, severity order by load_id
    ),
from numbered
where issue >= issue_before
union all
select
    measure_id, unit_code, period_start, months, breakdown, severity, numerator, denominator, state,
    load_id, position, next_position,
from spoken
where load_id is not null;
