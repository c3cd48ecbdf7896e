-- A refresh token and its session, locked, so that two requests with one token come one after the other.
create or replace function find_refresh_token(p_key bytea, p_token bytea)
returns table (session_id uuid, device_id uuid, expires_at timestamptz, used_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select s.id, s.device_id, t.expires_at, t.used_at
      from refresh_token t join auth_session s on s.id = t.session_id where t.token_hash = p_token
       for no key update;
    perform set_config('app.system', '', true);
end $$;

grant execute on function find_refresh_token to :"app_role";
