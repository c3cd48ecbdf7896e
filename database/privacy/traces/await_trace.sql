-- The search that is to go on (`choose_trace`), or NULLs. Of those that were asked for meanwhile it is noted which transactions
-- are under way; as most last some milliseconds, they are waited for here, for a second.
create or replace function await_trace() returns trace_search language plpgsql as $$
declare
    place trace_search;
begin
    update trace_search s set beside = transactions_under_way()
     where s.member_id in (select n.member_id from trace_search n where n.beside is null for update skip locked);
    for turn in 1 .. 20 loop
        place := choose_trace();
        exit when place.member_id is not null or not exists (
            select from trace_search s where s.begun_at is null and s.beside && (select transactions_under_way()));
        perform pg_sleep(0.05);
    end loop;
    return place;
end $$;
