-- What the scope of the transaction says about who acts (`app.scope`, of which `scope_network` tells whether it holds). Unset
-- reads as NULL (or '' after a commit), and both let nothing through: a transaction that never began an actor sees no row of
-- anybody.
create or replace function scope_groups() returns uuid[] language sql stable parallel safe
    as $$ select case when split_part(current_setting('app.scope', true), E'\x1f', 6) like '{%' then
              split_part(current_setting('app.scope', true), E'\x1f', 6)::uuid[] end $$;

grant execute on function scope_groups to :"app_role";
