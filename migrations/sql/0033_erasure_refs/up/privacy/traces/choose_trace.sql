-- The search that is to go on, locked, or NULLs. Its caller has set `app.system`.
--
-- A search begins when the transactions that were under way beside the erasure have ended, so whatever they wrote is there
-- to be looked at; and when no other of its network is on its way, so each that began comes to its end however many people
-- are erased meanwhile. One that met an error goes on after all others, and holds nobody up.
create or replace function choose_trace() returns trace_search language sql as $$
    select s from trace_search s
     where case when s.stage = 'aside' then false
                when s.stage = 'waiting'
                then s.waiting = '{}' or exists (select from job j where j.id = any (s.waiting) and j.finished_at is not null)
                when s.begun_at is null
                then not s.beside && (select transactions_under_way()) and not exists (
                         select from trace_search b
                          where b.network = s.network and b.begun_at is not null and b.stage not in ('waiting', 'aside')
                            and b.failures = 0)
                else true end
     order by s.failures, s.asked_at, s.member_id
     limit 1 for update skip locked
$$;
