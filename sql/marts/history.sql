-- Decisions, the loads, and what this version is.
--
-- Grain of decision: one row per decision. Some kinds are in force only once somebody else has approved them:
-- known_from is then the approval's position, NULL while there is none; known_until is the withdrawal's. What names accounts
-- or addresses (NAMING in data/decisions.py) is for no reader of figures, and what was published changes none.
create table published.decision as
select
    d.decision_id, d.kind, d.measure_id, d.unit_code, d.first_month, d.last_month, d.detail, d.reason,
    d.decided_by, d.decided_at, a.decided_by as approved_by, a.decided_at as approved_at,
    case when d.kind in (select kind from approved_kind) then a.decision_id else d.decision_id end as known_from,
    w.decision_id as known_until,
from record.decision d
left join record.decision a on a.kind = 'approval' and a.concerns = d.decision_id and a.decided_by <> d.decided_by
left join record.decision w on w.kind = 'withdrawal' and w.concerns = d.decision_id
where d.kind not in (
    'approval', 'withdrawal', 'load_withdrawal', 'load_restoration', 'purge', 'purged', 'grant', 'recipients', 'told',
    'publication'
)
qualify row_number() over (partition by d.decision_id order by a.decision_id, w.decision_id) = 1;

-- Grain: one row per load. withdrawn_at is a position: the withdrawal that holds now, NULL for a load in force.
create table published.load as
with withdrawal as (
    select concerns as load_id, decision_id, decided_by, reason, kind
    from record.decision
    where kind in ('load_withdrawal', 'load_restoration')
    qualify row_number() over (partition by concerns order by decision_id desc) = 1
)
select l.load_id, l.feed, l.source, l.file_name, l.issue, l.status, l.loaded_by, l.loaded_at, l.first_day, l.last_day,
    l.rows_read, l.rows_stored, l.rows_rejected, l.rows_set_aside, l.note,
    w.decision_id as withdrawn_at, w.decided_by as withdrawn_by, w.reason as withdrawn_because,
from record.load l
left join withdrawal w on w.load_id = l.load_id and w.kind = 'load_withdrawal';

-- Grain: one row per load and stretch of positions in which it is in force.
create table published.spell as
select load_id, in_force_from as known_from, in_force_until as known_until from load_spell;

create table published.version as
select
    (select version from building) as version,
    (select built_at from building) as built_at,
    (select code_version from building) as code_version,
    (select max(loaded_at) from record.load) as last_loaded_at,
    (select count(*) from record.load) as loads,
    2 as layout;
