-- Whether a text has a person's name, with or without diacritics, or digits of theirs: so that an officer looks at it.
--
-- p_name: as `member.search_name`.
create or replace function resembles_person(p_text text, p_name text, p_numbers text[]) returns boolean
language sql immutable as $$
    select coalesce(
        ' ' || regexp_replace(
            regexp_replace(normalize(lower(translate(p_text, 'đĐ', 'dd')), nfd), '[\u0300-\u036f]', '', 'g'),
            '[^a-z0-9]+', ' ', 'g') || ' ' like '% ' || regexp_replace(p_name, '[^a-z0-9]+', ' ', 'g') || ' %'
        or exists (select from unnest(p_numbers) n
                    where strpos(regexp_replace(p_text, '[ .-]', '', 'g'),
                                 ltrim(regexp_replace(n, '\D', '', 'g'), '0')) > 0), false)
$$;
