-- Forgets what nothing is left to do about: doubts about what has gone, and searches that looked at everything, but for those
-- that passed by a piece which an officer has not settled and which may be searched again.
create or replace function release_traces() returns void language sql as $$
    delete from trace_doubt d where not has_words(d);
    delete from trace_search s
     where s.stage = 'aside' and not exists (
               select from trace_doubt d where d.is_failed and d.record_id = any (s.passed))
$$;
