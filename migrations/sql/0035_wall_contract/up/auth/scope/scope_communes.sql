-- What the scope of the transaction says about who acts (`app.scope`, of which `scope_network` tells whether it holds). Unset
-- reads as NULL (or '' after a commit), and both let nothing through: a transaction that never began an actor sees no row of
-- anybody.
create or replace function scope_communes() returns text[] language sql stable parallel safe
    as $$ select nullif(split_part(current_setting('app.scope', true), E'\x1f', 7), '')::text[] $$;

grant execute on function scope_communes to :"app_role";
