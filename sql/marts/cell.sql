-- Every figure that was ever the current one, with the stretch of the record's positions in which it was.
--
-- Grain: one row per cell and stretch. A load speaks for a cell while it is in force, if no other load in force declared a
-- higher issue or, of the same issue, came later. known_until is NULL for what holds now.
--
-- Most cells were sent once; only those that two loads can both speak of need to be put in order: of one measure, unit and
-- stretch of months. Where no load was ever withdrawn one pass does it; the cells of a withdrawn load are asked again at each
-- of their turns.
create temp table figure_extent as
select load_id, measure_id, unit_code, min(period_start) as first_start, max(period_start) as last_start
from record.observation
where (measure_id in (select measure_id from death_measure)) = (select deaths from building)
group by load_id, measure_id, unit_code;

create temp table shared_extent as
with overlapping as (
    select a.measure_id, a.unit_code, greatest(a.first_start, b.first_start) as first_start, least(a.last_start, b.last_start) as last_start
    from figure_extent a
    join figure_extent b
        on b.measure_id = a.measure_id and b.unit_code = a.unit_code and b.load_id <> a.load_id
        and b.first_start <= a.last_start and b.last_start >= a.first_start
    union all
    select measure_id, unit_code, date '0001-01-01', date '9999-12-31'
    from figure_extent
    semi join turned_load using (load_id)
)
select measure_id, unit_code, min(first_start) as first_start, max(last_start) as last_start
from overlapping
group by measure_id, unit_code;

create table published.cell as
with figure as (
    select o.*
    from record.observation o
    where (o.measure_id in (select measure_id from death_measure)) = (select deaths from building)
),
shared as materialized (
    select f.*, l.issue
    from figure f
    join record.load l using (load_id)
    join shared_extent s on s.measure_id = f.measure_id and s.unit_code = f.unit_code
    where f.period_start between s.first_start and s.last_start
),
turned as (
    select distinct measure_id, unit_code, period_start, months, breakdown, severity
    from shared
    semi join turned_load using (load_id)
),
numbered as (
    select f.*,
        coalesce(max(f.issue) over (cell order by f.load_id rows between unbounded preceding and 1 preceding), 0) as issue_before,
    from shared f
    anti join turned using (measure_id, unit_code, period_start, months, breakdown, severity)
    window cell as (partition by f.measure_id, f.unit_code, f.period_start, f.months, f.breakdown, f.severity)
),
contested as (
    select f.*, s.in_force_from, s.in_force_until
    from shared f
    semi join turned using (measure_id, unit_code, period_start, months, breakdown, severity)
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
from figure f
left join shared_extent s using (measure_id, unit_code)
where s.first_start is null or f.period_start not between s.first_start and s.last_start
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

drop table figure_extent;

drop table shared_extent;
