create table tallies (
    account  text primary key,
    version  int not null,
    label    text not null,
    total    int not null,  -- too small for what the contract allows, so that saving can fail
    body     bytea compression lz4 not null
);

-- The world outside, to which effects do something: each time one is carried out, and how it goes.
create table stamps (
    n         bigint generated always as identity,
    account   text not null,
    number    int not null,               -- 0: erased
    begun_at  timestamptz not null default clock_timestamp(),
    ended_at  timestamptz
);
create table weather (
    account  text primary key,
    how      text not null,               -- away, broken, slow
    times    int not null
);
