-- The network of who acts, if the scope of the transaction is the one that `begin_actor` sealed: NULL, which lets nothing
-- through, when it was set by anybody else, in another transaction, or not at all.
--
-- Every policy of the application asks this first, and the others only narrow what it lets through; so it alone is
-- checked. The owner reads the key, whoever asks. `in (network, '*')` asks once for a row of the own network, and once more
-- for another one.
create or replace function scope_network() returns text
language plpgsql stable parallel safe cost 1 security definer set search_path = public, pg_temp as $$
declare
    scope constant text := current_setting('app.scope', true);
    own_key bytea;
begin
    select k.scope into own_key from owner_key k;
    if current_setting('app.seal', true) = scope_seal(own_key, scope) then
        return nullif(split_part(scope, E'\x1f', 1), '');
    end if;
    return null;
end $$;

grant execute on function scope_network to :"app_role";
