-- The end of a job whose asker may do nothing any more: nobody could begin as them to write it down.
create or replace function end_job(p_key bytea, p_job uuid, p_error text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update job set status = 'failed', error = p_error, finished_at = now()
     where id = p_job and status in ('queued', 'running');
    perform set_config('app.system', '', true);
end $$;

grant execute on function end_job(bytea, uuid, text) to :"app_role";
