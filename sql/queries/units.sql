-- The dated tree of units, as known at one position of the record.
--
-- Grain:   one row per unit and stretch of its life.
-- Params:  $known_at.
-- Columns: code, name, level, parent ('' at the top), peer_group, beds, valid_from, valid_to (NULL while open), follows.
select code, name, level, parent, peer_group, beds, valid_from, valid_to, follows
from unit
where known_from <= $known_at and (known_until is null or known_until > $known_at)
order by code, valid_from
