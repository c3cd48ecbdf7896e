-- Before there is an actor: how much a partner system may ask for. No row for whatever is no client.
create or replace function client_limits(p_client uuid) returns table (requests integer, rows integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.system', 'on', true);
    return query select k.requests_per_minute, k.rows_per_minute from api_client k where k.id = p_client;
    perform set_config('app.system', '', true);
end $$;

grant execute on function client_limits to :"app_role";
