-- An attempt that was admitted is not held against anybody: it could not be checked after all, or it has succeeded. Then its
-- own counter begins anew, the name's loses what that one had added, and the address's this attempt alone, so that nobody
-- who has one right password clears the way for guesses at others.
--
-- p_keys: its own counter, and where it has them the name's and the address's.
create or replace function forgive_login(p_keys bytea[], p_start timestamptz, p_succeeded boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    own integer := 1;
begin
    perform from login_throttle where key_hash = any (p_keys) and window_start = p_start order by key_hash for update;
    if p_succeeded then
        delete from login_throttle where key_hash = p_keys[1] and window_start = p_start returning failures into own;
    end if;
    update login_throttle
       set failures = greatest(0, failures - case when key_hash = p_keys[2] then own else 1 end),
           wait_until = null
     where key_hash = any (p_keys) and window_start = p_start and own is not null;
end $$;
revoke execute on function forgive_login(bytea[], timestamptz, boolean) from public;
grant execute on function forgive_login(bytea[], timestamptz, boolean) to :"app_role";
