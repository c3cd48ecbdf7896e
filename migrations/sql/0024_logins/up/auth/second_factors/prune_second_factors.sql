-- Secrets that were never confirmed (since a day at least), no more than p_limit of them; returns how many went.
create or replace function prune_second_factors(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    pruned bigint;
begin
    delete from second_factor where user_id in (
        select user_id from second_factor
         where confirmed_at is null and created_at < least(p_before, now() - interval '1 day')
         limit p_limit for update skip locked);
    get diagnostics pruned = row_count;
    return pruned;
end $$;
revoke execute on function prune_second_factors(timestamptz, integer) from public;
grant execute on function prune_second_factors(timestamptz, integer) to :"app_role";
