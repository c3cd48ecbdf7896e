-- A job stays, with what it was about and how it ended; its files go, and the session that it worked with.
--
-- It takes away what ended before a moment (a day ago at the latest), the earliest first and no more than p_limit of it,
-- and returns how much it was. Rows that another transaction has locked are left for the next time.
create or replace function prune_job_files(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    pruned bigint;
begin
    perform set_config('app.system', 'on', true);
    with due as (
        select id, session_id from job
         where finished_at < least(p_before, now() - interval '1 day') and files_removed_at is null
         order by finished_at limit p_limit for no key update skip locked
    ), gone as (
        delete from job_file f using due where f.job_id = due.id
    ), ended as (
        delete from auth_session s using due
         where s.id = due.session_id and least(s.expires_at, s.revoked_at) < p_before
           and not exists (select from refresh_token t where t.session_id = s.id)
    ), marked as (
        update job j set files_removed_at = now() from due where j.id = due.id returning 1
    )
    select count(*) into pruned from marked;
    perform set_config('app.system', was, true);
    return pruned;
end $$;

grant execute on function prune_job_files to :"app_role";
