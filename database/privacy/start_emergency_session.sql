-- A session of its own for an emergency access that is approved and not over, of the one who asked for it: it has no refresh
-- token and ends with the access. Returns when, or null. Whoever starts a session can be anybody, so it wants the key.
create or replace function start_emergency_session(p_key bytea, p_id uuid, p_session uuid, p_access uuid) returns timestamptz
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ends timestamptz;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into auth_session (id, user_id, device_id, second_factor, address_hash, expires_at, emergency_access_id)
    select p_id, s.user_id, s.device_id, s.second_factor, s.address_hash, e.ends_at, e.id
      from auth_session s
      join emergency_access e on e.requested_by = s.user_id
     where s.id = p_session and s.emergency_access_id is null and e.id = p_access and e.status = 'approved'
       and e.ends_at > now()
    returning expires_at into ends;
    perform set_config('app.system', '', true);
    return ends;
end $$;

grant execute on function start_emergency_session to :"app_role";
