-- Whether a text has one of a person's numbers or, where nobody shares it, the name in whole words.
create or replace function names_person(p_text text, p_name text, p_numbers text[], p_alone boolean) returns boolean
language sql immutable as $$
    select coalesce(p_alone and strpos(' ' || translate(lower(p_text), E'.,;:()/"[]-\n\t', repeat(' ', 13)) || ' ',
                                       ' ' || lower(p_name) || ' ') > 0
                    or exists (select from unnest(p_numbers) n where strpos(p_text, n) > 0), false)
$$;
