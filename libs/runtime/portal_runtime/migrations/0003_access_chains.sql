-- The access log shows when it was tampered with: each writer links its rows to a chain (ADR 7).
alter table access_log
    add column chain     uuid,     -- null: from before the chains, or by an instance of that release
    add column position  bigint,   -- 1, 2, 3, … within the chain
    add column hash      bytea;    -- SHA-256 of the hash before and of what the row says

-- Where each chain ends. Moved by the statement that adds the rows.
create table access_chains (
    chain   uuid primary key,
    length  bigint not null,
    head    bytea not null,
    opened  timestamptz not null default now()
) with (fillfactor = 50);

-- How many rows there were before: they are counted, not linked.
insert into access_chains (chain, length, head)
select '00000000-0000-0000-0000-000000000000', count(*), '' from access_log;
