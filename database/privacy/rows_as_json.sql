-- Rows as one JSON array, empty for none.
create or replace function rows_as_json(p_rows jsonb[]) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(r), '[]') from unnest(p_rows) r
$$;
