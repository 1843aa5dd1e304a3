create table tallies (
    account  text primary key,
    version  int not null,
    label    text not null,
    total    int not null,  -- too small for what the contract allows, so that saving can fail
    body     bytea compression lz4 not null
);
