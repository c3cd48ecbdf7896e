-- Before there is an actor: what a login needs, and no more. One name a call, and for this installation's processes alone.
create or replace function find_login(p_key bytea, p_username text)
returns table (user_id uuid, password_hash text, disabled boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select u.id, p.password_hash, u.disabled_at is not null
      from app_user u left join user_password p on p.user_id = u.id where u.username = p_username;
    perform set_config('app.system', '', true);
end $$;

grant execute on function find_login(bytea, text) to :"app_role";
