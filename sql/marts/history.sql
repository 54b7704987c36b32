-- Decisions, the loads, and what this version is.
--
-- Grain of decision: one row per decision. Some kinds are in force only once somebody else has approved them:
-- known_from is then the approval's position, NULL while there is none; known_until is the withdrawal's.
create table published.decision as
select
    d.decision_id, d.kind, d.measure_id, d.unit_code, d.first_month, d.last_month, d.detail, d.reason,
    d.decided_by, d.decided_at, a.decided_by as approved_by, a.decided_at as approved_at,
    case when d.kind in ('goal', 'phase', 'break', 'exclusion', 'confirmation') then a.decision_id else d.decision_id end
        as known_from,
    w.decision_id as known_until,
from record.decision d
left join record.decision a on a.kind = 'approval' and a.concerns = d.decision_id and a.decided_by <> d.decided_by
left join record.decision w on w.kind = 'withdrawal' and w.concerns = d.decision_id
where d.kind not in ('approval', 'withdrawal')
qualify row_number() over (partition by d.decision_id order by a.decision_id, w.decision_id) = 1;

create table published.load as
select load_id, feed, file_name, issue, status, loaded_by, loaded_at, first_day, last_day, rows_read, rows_stored,
    rows_rejected, rows_set_aside, note
from record.load;

create table published.version as
select
    (select version from building) as version,
    (select built_at from building) as built_at,
    (select code_version from building) as code_version,
    (select max(loaded_at) from record.load) as last_loaded_at,
    (select count(*) from record.load) as loads,
    1 as layout;
