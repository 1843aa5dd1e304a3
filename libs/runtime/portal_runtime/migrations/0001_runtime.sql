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

-- Who looked at which member's data, when and why.
create table access_log (
    seq         bigint generated always as identity primary key,
    at          timestamptz not null,
    subject     text not null,
    role        text not null,
    member_id   text not null,
    purpose     text not null,
    message_id  uuid not null
);
create index access_log_member on access_log (member_id, at);
