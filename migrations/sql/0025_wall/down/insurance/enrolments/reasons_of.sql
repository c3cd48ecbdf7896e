-- BHXH's reasons, each field in its order.
create or replace function reasons_of(reasons jsonb) returns json language sql immutable parallel safe as $$
    select case when reasons = '[]' then json '[]' else
        (select json_agg(r) from jsonb_to_recordset(reasons) as r (pointer text, code text, text text)) end
$$;
