-- The place of a job's next turn; the greatest goes first. What is done in one piece has a line of its own.
--
-- Not before the line as it stands, and behind all other turns of its organisation: so organisations take turns with one
-- another, however many jobs each of them has, and their own jobs do within those.
create or replace function place_in_line(p_job uuid, p_queue text) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    place integer;
begin
    perform set_config('app.system', 'on', true);
    select coalesce(least(max(q.priority), min(q.priority) filter (where j.organisation_id = own.organisation_id) - 1), 0)
      into place
      from job own cross join queue.procrastinate_jobs q join job j on j.id = (q.args ->> 'job_id')::uuid
     where own.id = p_job and q.status in ('todo', 'doing')
       and (q.queue_name = 'whole_jobs') = (p_queue = 'whole_jobs');
    perform set_config('app.system', was, true);
    return place;
end $$;

grant execute on function place_in_line to :"app_role";
