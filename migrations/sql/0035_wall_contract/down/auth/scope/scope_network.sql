-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_network() returns text
language plpgsql stable parallel safe cost 1 security definer set search_path = public, pg_temp as $$
declare
    scope constant text := current_setting('app.scope', true);
    own_key bytea;
begin
    if coalesce(scope, '') = '' then
        return nullif(current_setting('app.network', true), '');
    end if;
    select k.scope into own_key from owner_key k;
    if current_setting('app.seal', true) = scope_seal(own_key, scope) then
        return nullif(split_part(scope, E'\x1f', 1), '');
    end if;
    return null;
end $$;

grant execute on function scope_network to :"app_role";
