-- What signs a scope: only whoever reads `owner_key` can make it, and it holds for one transaction.
create or replace function scope_seal(p_key bytea, p_scope text) returns text language sql stable parallel safe as $$
    select encode(sha256(p_key || timestamptz_send(now()) || convert_to(p_scope, 'UTF8') || p_key), 'hex')
$$;
