-- End what is still alive of the sessions of a user, a client or a device, or one session; p_except stays.
create or replace function end_sessions(p_key bytea, p_reason text, p_session uuid, p_user uuid, p_client uuid, p_device uuid,
    p_except uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update auth_session s set revoked_at = now(), revoked_why = p_reason
     where s.revoked_at is null and s.id is distinct from p_except
       and (s.id = p_session or s.user_id = p_user or s.client_id = p_client or s.device_id = p_device);
    perform set_config('app.system', '', true);
end $$;

grant execute on function end_sessions to :"app_role";
