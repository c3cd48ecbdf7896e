-- What a session says of its second factor: passed, missing or waived.
create or replace function set_factor_state(p_key bytea, p_session uuid, p_state text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update auth_session s set second_factor = p_state where s.id = p_session;
    perform set_config('app.system', '', true);
end $$;

grant execute on function set_factor_state to :"app_role";
