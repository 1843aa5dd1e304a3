-- Documents, and the two lists that are only ever added to.

create table documents (
    document_id      text primary key,
    version          int not null,
    owner_kind       text not null,
    owner_reference  text not null,
    tin              text not null,
    state            text not null,
    requested_at     timestamptz not null,
    due_at           timestamptz,            -- when a pending one must be settled
    body             bytea compression lz4 not null
);
create index documents_owner on documents (owner_kind, owner_reference, requested_at desc);
create index documents_tin on documents (tin, requested_at desc, document_id desc);
create index documents_recent on documents (requested_at desc, document_id desc);
create index documents_due on documents (due_at) where due_at is not null;

-- Every upload ever granted. Counted against `documents`: a row missing there is a lost document.
create table accepted_uploads (
    document_id  text primary key,
    accepted_at  timestamptz not null
);

-- Every look at a document: who, what, when, why.
create table downloads (
    message_id   uuid primary key,
    document_id  text not null,
    member_id    text not null,              -- empty where no member is known
    subject      text not null,
    role         text not null,
    purpose      text not null,
    opened_at    timestamptz not null
);
create index downloads_document on downloads (document_id, opened_at);
create index downloads_member on downloads (member_id, opened_at) where member_id <> '';
