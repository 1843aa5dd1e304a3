-- The four arrays of a bulk order as two texts: writing them cost as much as signing all commands.
-- `json`, not `jsonb`: it keeps every body byte for byte, as it is sent.
drop view journal_messages;
alter table journal_bulk
    add column about json compression lz4,      -- [[id, key, subject], ...]
    add column texts json compression lz4;      -- [body, ...]
update journal_bulk b set
    about = (select json_agg(json_build_array(m.id, m.key, m.subject) order by m.place)
             from unnest(b.ids, b.keys, b.subjects)
                      with ordinality as m(id, key, subject, place)),
    texts = (select ('[' || string_agg(convert_from(m.body, 'utf8'), ',' order by m.place)
                     || ']')::json
             from unnest(b.bodies) with ordinality as m(body, place)),
    -- A dropped column keeps its space in the rows that have it.
    ids = '{}', keys = '{}', subjects = '{}', bodies = '{}';
alter table journal_bulk
    drop column ids, drop column keys, drop column subjects, drop column bodies,
    alter column about set not null, alter column texts set not null;
alter table journal_bulk rename column texts to bodies;

-- As before: both tables, a row for each message.
create view journal_messages as
select batch, n, id, topic, key, type, subject, body, cause, correlation, traceparent, actor, at
from journal
union all
select b.batch, b.n + m.place::int - 1, (m.about->>0)::uuid, b.topic, m.about->>1, b.type,
       m.about->>2, convert_to(m.body::text, 'utf8'), b.cause, b.correlation, b.traceparent,
       b.actor, b.at
from journal_bulk b,
     rows from (json_array_elements(b.about), json_array_elements(b.bodies))
         with ordinality as m(about, body, place);
