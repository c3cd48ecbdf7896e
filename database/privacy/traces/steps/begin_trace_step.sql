-- A step of a search that stands where the search stands, and has found nothing.
create or replace function begin_trace_step(p_search trace_search) returns trace_step language sql immutable as $$
    select row(p_search.stage, p_search.at_id, p_search.at_name, p_search.at_part, '{}'::uuid[], '{}'::uuid[], null, 'none',
               null, null, null, null, null, null)::trace_step
$$;
