-- Whether a search goes past its next piece without reading it: five times the database failed at it, and not for a while.
create or replace function passes_by(p_search trace_search) returns boolean language sql immutable as $$
    select p_search.failures >= 5
$$;
