-- Jobs that fell out of the queue (a worker that had been taken for dead took the task away at its end) go back into it.
create or replace function requeue_jobs(p_silent double precision) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    again bigint;
begin
    perform set_config('app.system', 'on', true);
    with lost as (
        select j.id from job j
         where j.status in ('queued', 'running') and j.touched_at < now() - make_interval(secs => p_silent)
           and not exists (select from queue.procrastinate_jobs q where q.args ->> 'job_id' = j.id::text)
           for update skip locked
    ), touched as (
        update job j set touched_at = now() from lost where j.id = lost.id returning j.id
    ), deferred as (
        select queue.procrastinate_defer_jobs_v1(array[row('jobs', 'run_job', 0, null, null,
               jsonb_build_object('job_id', id), null)::queue.procrastinate_job_to_defer_v1])
          from touched
    )
    select count(*) into again from deferred;
    perform set_config('app.system', '', true);
    return again;
end $$;

grant execute on function requeue_jobs to :"app_role";
