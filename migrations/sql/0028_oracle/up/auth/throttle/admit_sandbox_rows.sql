-- Whether a partner system in the sandbox may send so many rows more today, in Viet Nam: all its processes count together, and
-- it is counted, unless it is refused. Returns how many are left then, and until when.
create or replace function admit_sandbox_rows(p_key bytea, p_client uuid, p_rows integer, p_quota integer)
returns table (admitted boolean, remaining integer, until timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    counter constant bytea := sha256(convert_to('sandbox rows ' || p_client, 'UTF8'));
    start constant timestamptz := date_trunc('day', now() at time zone 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh';
begin
    perform require_process(p_key);
    until := start + interval '24 hours';
    insert into login_throttle as t (key_hash, window_start, failures, wait_until)
        select counter, start, p_rows, until where p_rows <= p_quota
        on conflict (key_hash, window_start) do update set failures = t.failures + p_rows
         where t.failures::bigint + p_rows <= p_quota;
    admitted := found;
    remaining := greatest(0, p_quota - coalesce(
        (select failures from login_throttle where key_hash = counter and window_start = start), 0));
    return next;
end $$;

grant execute on function admit_sandbox_rows to :"app_role";
