-- Before there is an actor: what a partner system's login needs, and no more. For this installation's processes alone.
create or replace function find_client(p_key bytea, p_client_id text)
returns table (id uuid, scopes text[], disabled boolean, secret_id uuid, secret_hash text)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select c.id, c.scopes, c.disabled_at is not null, s.id, s.secret_hash
      from api_client c
      left join client_secret s on s.client_id = c.id and s.revoked_at is null
           and (s.expires_at is null or s.expires_at > now())
     where c.client_id = p_client_id order by s.created_at desc;
    perform set_config('app.system', '', true);
end $$;

grant execute on function find_client(bytea, text) to :"app_role";
