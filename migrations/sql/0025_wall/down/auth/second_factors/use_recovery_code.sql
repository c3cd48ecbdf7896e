-- Uses a recovery code, once: it is gone then. Returns whether there was one, of a factor that counts.
create or replace function use_recovery_code(p_user uuid, p_hash bytea) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from recovery_code c using second_factor f
     where c.user_id = p_user and c.code_hash = p_hash and f.user_id = c.user_id and f.confirmed_at is not null;
    return found;
end $$;
revoke execute on function use_recovery_code(uuid, bytea) from public;
grant execute on function use_recovery_code(uuid, bytea) to :"app_role";
