-- Replaces a user's recovery codes; only their keyed hashes are kept.
create or replace function set_recovery_codes(p_user uuid, p_hashes bytea[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from recovery_code where user_id = p_user;
    insert into recovery_code (user_id, code_hash) select p_user, h from unnest(p_hashes) h;
end $$;
revoke execute on function set_recovery_codes(uuid, bytea[]) from public;
grant execute on function set_recovery_codes(uuid, bytea[]) to :"app_role";
