-- The end of the audit chain. Grain: one row. Columns: hash (NULL before the first line), lines.
select arg_max(hash, sequence), count(*) from record.audit
