-- Bulk commands: those of one type that one message ordered, in one row (ADR 8).
create table journal_bulk (
    batch        uuid not null,
    n            int not null,            -- order within the batch: of the first; the others follow
    ids          uuid[] not null,
    topic        text not null,
    keys         text[] compression lz4 not null,
    type         text not null,
    subjects     text[] compression lz4 not null,
    bodies       bytea[] compression lz4 not null,
    cause        uuid not null,
    correlation  text not null,
    traceparent  text,
    actor        text not null,
    at           timestamptz not null default now(),
    primary key (batch, n)
);

-- Both, a row for each message. To change a type or drop a column of either, drop the view first.
create view journal_messages as
select batch, n, id, topic, key, type, subject, body, cause, correlation, traceparent, actor, at
from journal
union all
select b.batch, b.n + m.place::int - 1, m.id, b.topic, m.key, b.type, m.subject, m.body, b.cause,
       b.correlation, b.traceparent, b.actor, b.at
from journal_bulk b,
     unnest(b.ids, b.keys, b.subjects, b.bodies)
         with ordinality as m(id, key, subject, body, place);
