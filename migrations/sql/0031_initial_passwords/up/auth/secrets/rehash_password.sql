-- The same password with the costs of today, unless another one came in the meantime.
create or replace function rehash_password(p_key bytea, p_user uuid, p_old text, p_new text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update user_password p set password_hash = p_new where p.user_id = p_user and p.password_hash = p_old;
    perform set_config('app.system', '', true);
end $$;

grant execute on function rehash_password to :"app_role";
