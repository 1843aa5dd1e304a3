-- One row per member. Names are kept as they are searched: small, letters and digits only.
-- `subscriber` is the ID without suffix, which a family shares.
create table members (
    member_id     text primary key,
    version       int  not null,
    medicaid_id   text,
    case_number   text,
    last_name     text not null,
    first_name    text not null,
    date_of_birth date not null,
    subscriber    text not null,
    body          bytea compression lz4 not null
);
create index members_medicaid_id on members (medicaid_id) where medicaid_id is not null;
create index members_case_number on members (case_number) where case_number is not null;
create index members_name on members (last_name, date_of_birth);
