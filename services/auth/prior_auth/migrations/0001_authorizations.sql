-- status is that of the whole authorization; urgency and received_at are what the decision clocks
-- of AU-07 will start from.
create table authorizations (
    authorization_number text primary key,
    version     int  not null,
    member_id   text not null,
    tin         text not null,
    status      text not null,
    urgency     text not null,
    received_at timestamptz not null,
    body        bytea compression lz4 not null
);
create index authorizations_member
    on authorizations (member_id, received_at desc, authorization_number desc);
