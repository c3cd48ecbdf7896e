-- Sessions of people and of partner systems that ran out or were revoked, with their refresh tokens; whoever comes with one
-- is unknown then as before. And refresh tokens that ran out while their session goes on.
--
-- It takes away what ended before a moment (a day ago at the latest), the earliest first and no more than p_limit of it,
-- and returns how much it was. Rows that another transaction has locked are left for the next time.
create or replace function prune_sessions(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ended constant timestamptz := least(p_before, now() - interval '1 day');
    sessions uuid[];
    pruned bigint;
begin
    sessions := array(
        select id from auth_session where least(expires_at, revoked_at) < ended
         order by least(expires_at, revoked_at) limit p_limit for update skip locked);
    delete from refresh_token where session_id = any (sessions);
    delete from auth_session where id = any (sessions);
    get diagnostics pruned = row_count;
    return pruned;
end $$;
