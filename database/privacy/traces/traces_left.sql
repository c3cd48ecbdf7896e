-- How far the searches for erased people are: how many there are, since when, and how many parts of files the one that is
-- the least far has still to look at; how many go on after the others because of an error, and how many looked at everything
-- but what could not be searched; how many places there are that an officer is to look at, and how many pieces that could
-- not be searched.
create or replace function traces_left(out searches bigint, out asked_at timestamptz, out parts bigint,
    out delayed bigint, out aside bigint, out doubts bigint, out failed bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    perform release_traces();
    select count(*), min(s.asked_at), count(*) filter (where s.failures > 0), count(*) filter (where s.stage = 'aside')
      into searches, asked_at, delayed, aside
      from trace_search s;
    select coalesce(sum(greatest(cardinality(d.rows) + d.more, 1)) filter (where not d.is_failed), 0), count(*) filter (where d.is_failed)
      into doubts, failed from trace_doubt d;
    parts := (
        select count(*) from job_file f join job j on j.id = f.job_id
         where j.finished_at is not null and j.files_removed_at is null and j.kind <> 'exports.file'
           and exists (select from trace_search s
                        where s.network = j.network and (s.begun_at is null or j.created_at <= s.begun_at)
                          and (s.stage = 'jobs' and (f.job_id > s.at_id or f.job_id = s.at_id
                                                     and (f.name, f.part) > (s.at_name, s.at_part))
                               or j.id = any (s.waiting))));
    perform set_config('app.system', was, true);
end $$;

grant execute on function traces_left to :"app_role";
