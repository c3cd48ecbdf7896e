-- That a session's holder showed the password in it just now, which ending another session asks for.
create or replace function note_proof(p_key bytea, p_session uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update auth_session s set proven_at = now() where s.id = p_session;
    perform set_config('app.system', '', true);
end $$;

grant execute on function note_proof to :"app_role";
