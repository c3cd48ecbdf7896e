-- Whether one more guess may be checked of something that only somebody who is half known can guess: a code after the right
-- password, a password within a session. It is counted, unless it is refused.
create or replace function admit_guess(p_key bytea, p_start timestamptz, p_quota integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into login_throttle as t (key_hash, window_start, failures) values (p_key, p_start, 1)
        on conflict (key_hash, window_start) do update set failures = t.failures + 1 where t.failures < p_quota;
    return found;
end $$;
revoke execute on function admit_guess(bytea, timestamptz, integer) from public;
grant execute on function admit_guess(bytea, timestamptz, integer) to :"app_role";
