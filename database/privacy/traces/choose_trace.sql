-- The search that is to go on, locked, or NULLs. Its caller has set `app.system`.
--
-- A search begins when no other of its network is on its way, so each that began comes to its end however many people are
-- erased meanwhile. One that met an error goes on after all others, and holds nobody up.
create or replace function choose_trace() returns trace_search language sql as $$
    select s from trace_search s
     where case when s.stage = 'waiting'
                then s.waiting = '{}' or exists (select from job j where j.id = any (s.waiting) and j.finished_at is not null)
                when s.stage = 'jobs' and s.at_id = '00000000-0000-0000-0000-000000000000'
                then not exists (
                         select from trace_search b
                          where b.network = s.network and b.stage <> 'waiting' and b.failures = 0
                            and (b.stage <> 'jobs' or b.at_id <> '00000000-0000-0000-0000-000000000000'))
                else true end
     order by s.failures, s.asked_at, s.member_id
     limit 1 for update skip locked
$$;
