-- From layout 1 to 2: the loads of cells state their coverage as well, those of events always did.
alter table record.coverage add column kind varchar default 'events';

alter table record.coverage alter column kind set not null;

alter table record.coverage alter column kind drop default;

update record.meta set schema_version = 2;
