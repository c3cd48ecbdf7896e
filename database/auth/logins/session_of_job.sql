-- With which session a job that has not ended works. It is not in the queue, which everybody reads who runs SQL.
create or replace function session_of_job(p_key bytea, p_job uuid) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    result uuid;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    result := (select j.session_id from job j where j.id = p_job and j.status in ('queued', 'running'));
    perform set_config('app.system', '', true);
    return result;
end $$;

grant execute on function session_of_job to :"app_role";
