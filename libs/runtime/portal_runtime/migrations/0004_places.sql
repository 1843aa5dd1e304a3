-- How far each partition was followed. Kafka's own note (the committed offset) is made after this one,
-- so when it is ahead, this database was put back to an earlier time.
create table places (
    topic      text not null,
    partition  int not null,
    next       bigint not null,
    primary key (topic, partition)
) with (fillfactor = 50);

-- After a restore: others' events up to here come before any command.
create table catch_up (
    topic      text not null,
    partition  int not null,
    until      bigint not null,
    primary key (topic, partition)
);
