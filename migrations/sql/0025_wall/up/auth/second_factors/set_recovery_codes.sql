-- Replaces a user's recovery codes; only their keyed hashes are kept.
create or replace function set_recovery_codes(p_key bytea, p_user uuid, p_hashes bytea[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    delete from recovery_code where user_id = p_user;
    insert into recovery_code (user_id, code_hash) select p_user, h from unnest(p_hashes) h;
    perform set_config('app.system', '', true);
end $$;

grant execute on function set_recovery_codes(bytea, uuid, bytea[]) to :"app_role";
