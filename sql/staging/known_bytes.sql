-- The files that were ever taken. Grain: one row per hash of their bytes. Columns: sha256.
select bytes_sha256 as sha256 from record.load
union
select detail->>'sha256' from record.audit where what in ('no_change', 'unpacked')
