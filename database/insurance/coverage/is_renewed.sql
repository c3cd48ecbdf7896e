-- Whether something follows on a coverage of the actor's network. It sees what any group of the network paid, so that nobody
-- is asked to pay twice, and says no more than that.
create or replace function is_renewed(p_coverage uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    asking constant text := scope_network();
    found boolean;
begin
    perform set_config('app.system', 'on', true);
    select is_followed(c.id) into found from coverage c where c.id = p_coverage and asking in ('*', c.network);
    perform set_config('app.system', was, true);
    return coalesce(found, false);
end $$;

grant execute on function is_renewed to :"app_role";
