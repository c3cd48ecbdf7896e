-- Whether a session of the user, living or not long ended, began at this address (keyed, as sessions keep it).
create or replace function has_session_from(p_key bytea, p_user uuid, p_origin bytea) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    result boolean;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    result := exists (select from auth_session s where s.user_id = p_user and s.address_hash = p_origin);
    perform set_config('app.system', '', true);
    return result;
end $$;

grant execute on function has_session_from to :"app_role";
