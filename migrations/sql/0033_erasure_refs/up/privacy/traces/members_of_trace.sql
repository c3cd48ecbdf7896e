-- The members whose searches go on together with one that was chosen, locked: those of its network that stand at its place,
-- and may begin if it is to begin.
create or replace function members_of_trace(p_search trace_search) returns uuid[] language sql as $$
    select array(
        select s.member_id from trace_search s
         where s.member_id = p_search.member_id
            or p_search.stage <> 'waiting' and s.network = p_search.network and s.stage = p_search.stage
           and s.at_id = p_search.at_id and s.at_name is not distinct from p_search.at_name and s.at_part = p_search.at_part
           and case when p_search.begun_at is null
                    then s.begun_at is null and not s.beside && (select transactions_under_way())
                    else s.begun_at is not null end
         order by s.asked_at, s.member_id limit 200 for update skip locked)
$$;
