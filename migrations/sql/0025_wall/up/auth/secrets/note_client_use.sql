-- When a partner system and its secret were last used; a hash that was made with lower costs is replaced (p_hash). What is
-- null stays as it is.
create or replace function note_client_use(p_key bytea, p_client uuid, p_secret uuid, p_hash text, p_at timestamptz)
returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update client_secret s set last_used_at = coalesce(p_at, s.last_used_at), secret_hash = coalesce(p_hash, s.secret_hash)
     where s.id = p_secret and s.client_id = p_client;
    update api_client c set last_used_at = coalesce(p_at, c.last_used_at) where c.id = p_client;
    perform set_config('app.system', '', true);
end $$;

grant execute on function note_client_use to :"app_role";
