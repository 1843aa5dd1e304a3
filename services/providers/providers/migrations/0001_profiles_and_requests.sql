-- A profile is one NPI at one Tax ID: key 'npi|tin'.
create table profiles (
    profile_key text primary key,
    version     int  not null,
    npi         text not null,
    tin         text not null,
    body        bytea compression lz4 not null
);
create index profiles_npi on profiles (npi, tin);

-- due_date is empty while the clock stands still, and stays what it was once the request is closed.
create table requests (
    number      text primary key,
    version     int  not null,
    tin         text not null,
    npi         text not null,
    kind        text not null,
    status      text not null,
    received_at timestamptz not null,
    due_date    date,
    closed_at   timestamptz,
    breached    boolean not null,
    body        bytea compression lz4 not null
);
create index requests_tin on requests (tin);
create index requests_due on requests (coalesce(due_date, 'infinity'), received_at, number);
