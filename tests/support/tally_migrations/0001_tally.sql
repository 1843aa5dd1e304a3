create table tallies (
    account  text primary key,
    version  int not null,
    label    text not null,
    body     bytea compression lz4 not null
);
