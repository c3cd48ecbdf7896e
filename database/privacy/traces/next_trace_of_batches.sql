-- The next step of a search through the outcomes of batches: the next batch, of 50 at most, whose outcomes have the id, a
-- number or the name of one of these members.
create or replace function next_trace_of_batches(p_search trace_search, p_members uuid[]) returns trace_step
language plpgsql as $$
declare
    step trace_step;
    each record;
begin
    step := begin_trace_step(p_search);
    for each in
        select b.id, b.organisation_id, b.items from enrolment_batch b
         where b.id > step.at_id and b.network = p_search.network and b.sent_at <= p_search.asked_at
         order by b.id limit 50 for update
    loop
        step.at_id := each.id;
        if each.items <> '[]' and exists (
               select from trace_search s
                where s.member_id = any (p_members)
                  and names_person(each.items::text, s.full_name, s.numbers || s.member_id::text, true)) then
            step.kind := 'items';
            step.id := each.id;
            step.organisation_id := each.organisation_id;
            step.body := each.items;
            return step;
        end if;
    end loop;
    if not found then
        step.stage := 'lists';
        step.at_id := '00000000-0000-0000-0000-000000000000';
    end if;
    return step;
end $$;
