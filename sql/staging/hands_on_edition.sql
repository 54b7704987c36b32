-- Who loaded, withdrew or restored what is new in a version since the signed-off edition before it.
-- Grain: one row per person. Params: $version. Columns: name.
with signed as (
    select (d.detail->>'version')::bigint as version
    from record.decision d
    join record.decision a on a.kind = 'approval' and a.concerns = d.decision_id
    where d.kind = 'edition'
        and not exists (from record.decision w where w.kind = 'withdrawal' and w.concerns = d.decision_id)
),
since as (
    select coalesce(max(version), 0) as version from signed where version < $version
)
select distinct loaded_by as name
from record.load, since
where load_id <= $version and load_id > since.version
union
select distinct decided_by
from record.decision, since
where kind in ('load_withdrawal', 'load_restoration') and decision_id <= $version and decision_id > since.version
