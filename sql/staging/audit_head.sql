-- The hash of the last line of the audit chain. Grain: at most one row.
select hash from record.audit order by sequence desc limit 1
