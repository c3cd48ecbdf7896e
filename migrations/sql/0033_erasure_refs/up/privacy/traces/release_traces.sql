-- Forgets what nothing is left to do about: doubts about contents that have gone, and searches that looked at everything,
-- but for those that passed by a piece which an officer has not settled and which may be searched again.
create or replace function release_traces() returns void language sql as $$
    delete from trace_doubt d
     where d.record_kind = 'file' and not exists (
               select from job_file f where f.job_id = d.record_id and f.name = d.file and f.part = d.part)
        or d.record_kind = 'items' and not exists (
               select from enrolment_batch b
                where b.id = d.record_id and pg_column_size(b.items) > pg_column_size('[]'::jsonb))
        or d.record_kind = 'contributions' and not exists (
               select from contribution_batch b
                where b.id = d.record_id and pg_column_size(b.items) > pg_column_size('[]'::jsonb));
    delete from trace_search s
     where s.stage = 'aside' and not exists (
               select from trace_doubt d where d.is_failed and d.record_id = any (s.passed))
$$;
