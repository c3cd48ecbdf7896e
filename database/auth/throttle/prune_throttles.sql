-- Counters of logins whose window is over (an hour ago at the latest), and those of the sandbox's rows whose day is, no more
-- than p_limit of them; returns how many went.
create or replace function prune_throttles(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    pruned bigint;
begin
    delete from login_throttle where (key_hash, window_start) in (
        select key_hash, window_start from login_throttle
         where window_start < least(p_before, now() - interval '1 hour')
           and coalesce(wait_until <= now(), true) limit p_limit for update skip locked);
    get diagnostics pruned = row_count;
    return pruned;
end $$;

grant execute on function prune_throttles to :"app_role";
