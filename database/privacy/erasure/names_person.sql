-- Whether a text has one of a person's numbers or, where that is asked, the name: whatever `erased_text` would take away.
create or replace function names_person(p_text text, p_name text, p_numbers text[], p_by_name boolean) returns boolean
language sql immutable as $$
    select coalesce(erased_text(p_text, case when p_by_name then p_name end, p_numbers) <> p_text, false)
$$;
