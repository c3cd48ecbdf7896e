-- A user's password from now on, as a hash.
create or replace function store_password(p_key bytea, p_user uuid, p_hash text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into user_password as p (user_id, password_hash) values (p_user, p_hash)
        on conflict (user_id) do update set password_hash = excluded.password_hash, changed_at = now();
    perform set_config('app.system', '', true);
end $$;

grant execute on function store_password to :"app_role";
