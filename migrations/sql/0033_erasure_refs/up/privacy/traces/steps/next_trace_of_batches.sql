-- The next step of a search through the outcomes of batches, of enrolments and then of contributions: the next batch that
-- has any, which its size says without reading them. Whether it names somebody is looked at outside of the database.
create or replace function next_trace_of_batches(p_search trace_search) returns trace_step language plpgsql as $$
declare
    step trace_step := begin_trace_step(p_search);
    is_passed constant boolean := passes_by(p_search);
    each record;
begin
    if step.stage = 'batches' then
        select b.id, b.organisation_id, case when not is_passed then b.items end as items into each from enrolment_batch b
         where b.id > step.at_id and b.network = p_search.network and b.sent_at <= p_search.begun_at
           and pg_column_size(b.items) > pg_column_size('[]'::jsonb)
         order by b.id limit 1 for no key update;
        step.kind := 'items';
    else
        select b.id, b.organisation_id, case when not is_passed then b.items end as items into each from contribution_batch b
         where b.id > step.at_id and b.network = p_search.network and b.sent_at <= p_search.begun_at
           and pg_column_size(b.items) > pg_column_size('[]'::jsonb)
         order by b.id limit 1 for no key update;
        step.kind := 'contributions';
    end if;
    if found then
        step.at_id := each.id;
        step.id := each.id;
        step.organisation_id := each.organisation_id;
        step.body := each.items;
    else
        step.kind := 'none';
        step.stage := case when step.stage = 'batches' then 'contributions' else 'lists' end;
        step.at_id := '00000000-0000-0000-0000-000000000000';
    end if;
    return step;
end $$;
