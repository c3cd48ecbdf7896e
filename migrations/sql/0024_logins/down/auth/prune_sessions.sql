-- Sessions of partner systems that ran out or were revoked; whoever comes with one is unknown then as before.
--
-- It takes away what ended before a moment (a day ago at the latest), the earliest first and no more than p_limit of it,
-- and returns how much it was. Rows that another transaction has locked are left for the next time.
create or replace function prune_sessions(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    pruned bigint;
begin
    delete from auth_session where id in (
        select id from auth_session
         where client_id is not null and least(expires_at, revoked_at) < least(p_before, now() - interval '1 day')
         order by least(expires_at, revoked_at) limit p_limit for update skip locked);
    get diagnostics pruned = row_count;
    return pruned;
end $$;
