-- Whether a unit is in force on a day: then it is meant as it stands (`place_on` would answer the same).
create or replace function in_force(p_code text, p_day date) returns boolean language sql stable as $$
    select exists (select from place p where p.code = p_code and p.valid_from <= p_day
                      and (p.valid_to is null or p.valid_to >= p_day))
$$;
