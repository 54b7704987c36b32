-- Whether these bytes were ever taken. Grain: one row where they were. Params: $sha256.
select 1 from record.load where bytes_sha256 = $sha256
union
select 1 from record.audit where what in ('no_change', 'unpacked') and detail->>'sha256' = $sha256
