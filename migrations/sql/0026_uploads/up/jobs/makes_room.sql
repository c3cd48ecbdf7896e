-- Whether a running job that has had its turn makes room: somebody waits whose turn comes before its next one, and it is
-- the one of those running that was served most.
create or replace function makes_room(p_job uuid, p_queue text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    next_place constant integer := place_in_line(p_job, p_queue);
begin
    return exists (select from queue.procrastinate_jobs q
                    where q.queue_name = p_queue and q.status = 'todo' and coalesce(q.scheduled_at <= now(), true)
                      and q.priority > next_place)
       and p_job::text = (select q.args ->> 'job_id' from queue.procrastinate_jobs q
                           where q.queue_name = p_queue and q.status = 'doing'
                           order by q.priority, q.id desc limit 1);
end $$;

grant execute on function makes_room to :"app_role";
