-- The hash of a user's password, to check one against it.
create or replace function password_of(p_key bytea, p_user uuid) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    result text;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    result := (select p.password_hash from user_password p where p.user_id = p_user);
    perform set_config('app.system', '', true);
    return result;
end $$;

grant execute on function password_of to :"app_role";
