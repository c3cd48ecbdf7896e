-- The next step of a search through lists that can name somebody whose id is not beside the row, made before lists had
-- mentions: the next 500 rows of one.
create or replace function next_trace_of_lists(p_search trace_search) returns trace_step language plpgsql as $$
declare
    step trace_step;
    is_passed constant boolean := passes_by(p_search);
    each record;
begin
    step := begin_trace_step(p_search);
    if step.at_name is not null then
        select max(r.position) as last, jsonb_agg(jsonb_build_object(
                   'position', r.position, 'data', r.data, 'has_id', r.payment_id is not null or r.enrolment_id is not null))
                   filter (where not is_passed) as rows,
               (select l.organisation_id from export_list l where l.id = step.at_id) as organisation_id
          into each
          from (select r.* from export_row r where r.list_id = step.at_id and r.position > step.at_part
                 order by r.position limit 500) r;
        if each.last is not null then
            step.kind := 'rows';
            step.id := step.at_id;
            step.organisation_id := each.organisation_id;
            step.body := each.rows;
            step.at_part := each.last;
            return step;
        end if;
    end if;
    select l.id into each from export_list l
     where l.id > step.at_id and not l.has_mentions and l.form in ('mau_4', 'c21_ts', 'd11_ts')
       and l.network in (p_search.network, 'bhxh') and l.created_at <= p_search.begun_at
     order by l.id limit 1;
    step.stage := case when found then 'lists' else 'waiting' end;
    step.at_id := case when found then each.id else '00000000-0000-0000-0000-000000000000' end;
    step.at_name := case when found then '' end;
    step.at_part := -1;
    return step;
end $$;
