-- From layout 2 to 3: a load names the source whose mapping it was read with, and the trails of those who only look
-- (exports, sign-ins, exact figures of small wards) are anchored in the record.
alter table record.load add column source varchar default '';

create table record.trail (
    position bigint not null,           -- of the audit line that anchors it
    name varchar not null,              -- of the file in the folder `audit`
    lines bigint not null,
    hash varchar not null               -- of its last line
);

update record.meta set schema_version = 3;
