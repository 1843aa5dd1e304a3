-- A claim: the submission as it came, where it stands, and the columns people search by. The code names
-- them in one place, `store/claim_row.py`.
create table claims (
    claim_number     text primary key,
    form             text not null,
    member_id        text not null,
    billing_tin      text not null,
    billing_npi      text not null,
    patient_account  text not null,
    service_from     date not null,
    service_to       date not null,
    received_at      timestamptz not null,
    total_charge     bigint not null,   -- cents
    duplicate_key    text not null,
    names_payers     boolean not null,  -- whether other payers are on it (CB-04)
    submission       bytea compression lz4 not null,
    version          int not null,
    status           text not null,
    changed_at       timestamptz not null,
    paid             bigint not null,   -- cents; what stands as paid
    carcs            text not null,     -- of the adjudication that stands, apart by a blank (CB-04)
    closed_by        text,              -- the claim that replaced or voided it
    adjudicated      int,               -- the version that its latest adjudication made
    rest             bytea              -- what most claims do not have: documents, waivers, problems
);
create index claims_member on claims (member_id, service_from);
create index claims_tin on claims (billing_tin, received_at, claim_number);
create index claims_account on claims (patient_account);

-- What happened to a claim: a row for each of its versions, with the adjudication that made it (CL-10,
-- CL-16). Rows are only ever added.
create table claim_history (
    claim_number  text not null,
    version       int not null,
    at            timestamptz not null,
    what          text not null,
    subject       text not null,        -- who asked for it
    role          text not null,
    cause         text not null,        -- what led to it, where `what` does not say
    reference     text not null,        -- of what led to it: documents, a case, a change, another claim
    adjudication  int,                  -- its number, where there is one
    body          bytea compression lz4, -- what was announced about it
    primary key (claim_number, version)
);
create function claim_history_is_only_added_to() returns trigger language plpgsql as $$
begin
    raise exception 'claim_history is only added to';
end $$;
create trigger only_added_to before update or delete or truncate on claim_history
    for each statement execute function claim_history_is_only_added_to();

-- Money, entry by entry. The key is what makes paying or reversing twice impossible.
create table ledger (
    claim_number  text not null,
    adjudication  int not null,
    kind          text not null check (kind in ('payment', 'reversal')),
    amount        bigint not null,      -- cents; negative for a reversal
    posted_at     timestamptz not null,
    primary key (claim_number, adjudication, kind),
    check ((kind = 'payment') = (amount >= 0))
);

-- What a member has paid in a calendar year towards deductible and out-of-pocket maximum, in cents.
create table accumulators (
    member_id      text not null,
    year           int not null,
    deductible     bigint not null,
    out_of_pocket  bigint not null,
    primary key (member_id, year)
);

-- Released documents that may serve as medical records (CL-12, CL-15).
create table records (
    document_id   text primary key,
    tin           text not null,        -- who sent it; empty where the plan did
    received_on   date not null,
    claim_number  text,
    member_id     text,
    service_date  date
);
create index records_claim on records (claim_number) where claim_number is not null;
create index records_member on records (member_id) where member_id is not null;
