-- Tables every service has. The service's own tables come with the service.

-- One row per message that took effect: asking again finds the first answer here.
create table inbox (
    id          uuid primary key,
    hash        bytea not null,          -- type, asker and body; type, asker and contents: what the id is for
    batch       uuid not null,
    reply_type  text,
    reply       bytea,
    at          timestamptz not null default now()
);
create index inbox_at on inbox using brin (at);

-- One row per decided batch: whether what it made has reached Kafka.
create table batches (
    id         uuid primary key,         -- version 7: in order of time
    published  boolean not null default false,
    at         timestamptz not null default now()
);
create index batches_unpublished on batches (at) where not published;

-- Everything that left the service, in order: audit trail and outbox in one.
create table journal (
    batch        uuid not null,
    n            int not null,            -- order within the batch
    id           uuid not null,
    topic        text not null,
    key          text not null,
    type         text not null,
    subject      text not null,
    body         bytea compression lz4 not null,
    cause        uuid not null,
    correlation  text not null,
    traceparent  text,
    actor        text not null,
    at           timestamptz not null default now(),
    primary key (batch, n)
);
create index journal_subject on journal (subject) where subject <> '';

-- Bulk commands: those of one type that one message ordered, in one row (ADR 8). Two texts instead
-- of arrays: writing arrays cost as much as signing all commands. `json`, not `jsonb`: it keeps every
-- body byte for byte, as it is sent.
create table journal_bulk (
    batch        uuid not null,
    n            int not null,            -- order within the batch: of the first; the others follow
    topic        text not null,
    type         text not null,
    cause        uuid not null,
    correlation  text not null,
    traceparent  text,
    actor        text not null,
    at           timestamptz not null default now(),
    about        json compression lz4 not null,   -- [[id, key, subject], ...]
    bodies       json compression lz4 not null,   -- [body, ...]
    primary key (batch, n)
);

-- Both, a row for each message. To change a type or drop a column of either, drop the view first.
create view journal_messages as
select batch, n, id, topic, key, type, subject, body, cause, correlation, traceparent, actor, at
from journal
union all
select b.batch, b.n + m.place::int - 1, (m.about->>0)::uuid, b.topic, m.about->>1, b.type,
       m.about->>2, convert_to(m.body::text, 'utf8'), b.cause, b.correlation, b.traceparent,
       b.actor, b.at
from journal_bulk b,
     rows from (json_array_elements(b.about), json_array_elements(b.bodies))
         with ordinality as m(about, body, place);

-- What other services announced, as it was announced last.
create table facts (
    kind     text not null,
    key      text not null,
    version  bigint not null,
    body     bytea compression lz4 not null,
    primary key (kind, key)
);

-- What is due later: becomes a command to this service.
create table timers (
    key          text primary key,
    due_at       timestamptz not null,
    id           uuid not null,
    type         text not null,
    routing      text not null,
    subject      text not null,
    correlation  text not null,
    body         bytea not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index timers_due on timers (due_at);

-- What is to be done outside after a decision (copy, delete, …): carried out at least once, then deleted.
-- Of one key only the first is carried out, also when it is parked; a discarded one is passed over.
create table effects (
    id           uuid primary key,          -- made from the message's: deciding again orders the same
    seq          bigint generated always as identity,  -- in the order decided
    key          text not null,
    kind         text not null,
    body         bytea not null,
    cause        uuid not null,             -- the message whose decision ordered it
    correlation  text not null,
    traceparent  text,
    at           timestamptz not null default now(),
    not_before   timestamptz not null default now(),  -- nobody takes it earlier: lease, or pause
    attempts     int not null default 0,    -- how often it was begun; tells who holds it
    failures     int not null default 0,    -- how often it failed, or nobody came back with word
    state        text not null default 'waiting' check (state in ('waiting', 'parked', 'discarded')),
    reason       text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index effects_due on effects (kind, not_before, seq) where state = 'waiting';
create index effects_key on effects (key, seq);
create index effects_parked on effects (seq) where state = 'parked';

-- Messages that could not be decided, with their reason; `portal dlq` shows and replays them. One
-- that fails again after its replay stays this row: topic, partition and offset are where it was first.
create table parked (
    id             uuid primary key,
    topic          text not null,
    partition      int not null,
    "offset"       bigint not null,
    key            bytea,
    header_names   text[] not null,
    header_values  bytea[] not null,
    value          bytea,
    message_id     uuid,
    type           text,
    reason         text not null,
    signer         text,           -- role and subject, where somebody vouched for it
    whole          boolean not null,  -- false: without key, headers and body; it cannot be replayed
    content        bytea,          -- SHA-256, by which its replay is known
    batch          uuid not null,
    attempts       int not null default 1,
    state          text not null default 'parked'
                   check (state in ('parked', 'replaying', 'replayed', 'discarded')),
    at             timestamptz not null default now()
);
create index parked_open on parked (at) where state in ('parked', 'replaying');
create index parked_sent_again on parked (content) where state in ('replaying', 'replayed');
create index parked_of_nobody on parked (id) where signer is null and whole and state = 'parked';
create index parked_of_batch on parked (batch);

-- Who looked at which member's data, when and why. Each writer links its rows to a chain, so that
-- what is changed by hand shows (ADR 7).
create table access_log (
    seq         bigint generated always as identity primary key,
    at          timestamptz not null,
    subject     text not null,
    role        text not null,
    member_id   text not null,
    purpose     text not null,
    message_id  uuid not null,
    chain       uuid not null,
    position    bigint not null,   -- 1, 2, 3, … within the chain
    hash        bytea not null     -- SHA-256 of the hash before and of what the row says
);
create index access_log_member on access_log (member_id, at);

-- Where each chain ends. Moved by the statement that adds the rows.
create table access_chains (
    chain   uuid primary key,
    length  bigint not null,
    head    bytea not null,
    opened  timestamptz not null default now()
) with (fillfactor = 50);

-- Which process is which instance. The last to start holds the name; an older one that wakes up ends.
create table instances (
    name    text primary key,
    holder  uuid not null,
    since   timestamptz not null default now()
);

-- How far each partition was followed. Kafka's own note (the committed offset) is made after this one,
-- so when it is ahead, this database was put back to an earlier time.
create table partition_positions (
    topic      text not null,
    partition  int not null,
    next       bigint not null,
    primary key (topic, partition)
) with (fillfactor = 50);

-- After a restore: others' events up to here come before any command.
create table catch_up (
    topic      text not null,
    partition  int not null,
    until      bigint not null,
    primary key (topic, partition)
);
