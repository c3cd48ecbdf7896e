-- A user's sessions that hold. Whoever has a session's id can begin as who started it, so it asks for the key of the
-- processes.
create or replace function live_sessions(p_key bytea, p_user uuid) returns setof auth_session
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select * from auth_session s where s.user_id = p_user and s.revoked_at is null and s.expires_at > now()
       and (s.initial_until is null or s.initial_until > now());
    perform set_config('app.system', was, true);
end $$;

grant execute on function live_sessions to :"app_role";
