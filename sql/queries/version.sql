-- What the published version is. Grain: one row.
-- Columns: version, built_at (UTC), code_version, last_loaded_at (UTC), loads.
select version, built_at, code_version, last_loaded_at, loads from version
