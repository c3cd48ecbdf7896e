-- A row of a household's list whose head was erased, and nobody else: their name and phone go, the address of who lives
-- there stays.
create or replace function erased_head(p_data jsonb) returns jsonb language sql immutable as $$
    select case when jsonb_typeof(p_data -> 'head') = 'object'
                then p_data || jsonb_build_object('head', (p_data -> 'head') || '{"name": null, "phone": null}')
                else p_data end
$$;
