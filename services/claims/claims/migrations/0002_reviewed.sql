-- What the review of a COB change looks at (CB-04), so that a feed of changes reads no whole claims.
-- During a rolling update old instances write without these columns: their claims count as not known.
alter table claims
    add column carcs         text,    -- of the latest adjudication, apart by a blank
    add column carcs_of      int,     -- the version of the claim they belong to (of another one they are not known)
    add column names_payers  boolean not null default false;  -- whether other payers are on the claim

update claims set
    carcs = coalesce((
        select string_agg(distinct a ->> 'carc', ' ')
        from jsonb_array_elements(convert_from(adjudication, 'utf8')::jsonb -> 'lines') l,
             jsonb_array_elements(l -> 'adjustments') a
    ), ''),
    carcs_of = version,
    names_payers = coalesce(
        jsonb_array_length(convert_from(submission, 'utf8')::jsonb -> 'other_payers'), 0) > 0
where submission <> '';
