-- Which process is which instance. The last to start holds the name; an older one that wakes up ends.
create table instances (
    name    text primary key,
    holder  uuid not null,
    since   timestamptz not null default now()
);
