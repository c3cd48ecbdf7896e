-- What the scope of the transaction says about who acts (`app.scope`, of which `scope_network` tells whether it holds). Unset
-- reads as NULL (or '' after a commit), and both let nothing through: a transaction that never began an actor sees no row of
-- anybody.
create or replace function scope_limited() returns boolean language sql stable parallel safe
    as $$ select coalesce(split_part(current_setting('app.scope', true), E'\x1f', 4), '') = 'on' $$;

grant execute on function scope_limited to :"app_role";
