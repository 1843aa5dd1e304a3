create table cases (
    case_number  text primary key,
    version      int  not null,
    claim_number text not null,
    kind         text not null,
    tin          text not null,
    status       text not null,
    received_at  timestamptz not null,
    body         bytea compression lz4 not null
);
-- One open case of a kind per claim: the order of a claim's messages sees to that. Not a unique
-- index, because "decided, and another one submitted" may come in one batch, saved by one statement.
create index cases_claim on cases (claim_number);
create index cases_tin on cases (tin, received_at desc, case_number desc);
create index cases_worklist on cases (received_at desc, case_number desc);
