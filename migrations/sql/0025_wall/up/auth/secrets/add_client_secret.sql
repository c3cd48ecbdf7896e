-- A further secret of a partner system, as a hash.
create or replace function add_client_secret(p_key bytea, p_id uuid, p_client uuid, p_hash text, p_at timestamptz)
returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into client_secret (id, client_id, secret_hash, created_at) values (p_id, p_client, p_hash, p_at);
    perform set_config('app.system', '', true);
end $$;

grant execute on function add_client_secret to :"app_role";
