-- Keeps a new secret until its first code is shown, in place of another one that is not confirmed. Returns whether it did:
-- a factor that counts is not replaced.
create or replace function start_second_factor(p_user uuid, p_sealed bytea) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into second_factor as f (user_id, sealed_secret) values (p_user, p_sealed)
        on conflict (user_id) do update set sealed_secret = p_sealed, created_at = now() where f.confirmed_at is null;
    return found;
end $$;
revoke execute on function start_second_factor(uuid, bytea) from public;
grant execute on function start_second_factor(uuid, bytea) to :"app_role";
