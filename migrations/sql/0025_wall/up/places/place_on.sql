-- Which unit a fact of that day belongs to. A code in force on the day is meant as it stands; a code that
-- ended earlier stands for its default successor; one that began later, for its main predecessor (its own code
-- among the predecessors, else the largest share).
create or replace function place_on(p_code text, p_day date) returns text language plpgsql stable as $$
declare
    here text := p_code;
    step text;
begin
    for i in 1..4 loop
        if exists (select from place where code = here and valid_from <= p_day and (valid_to is null or valid_to >= p_day)) then
            return here;
        end if;
        if exists (select from place where code = here and valid_from > p_day) then
            select s.old_code into step from place_succession s where s.new_code = here and s.on_date > p_day
             order by (s.old_code = here) desc, s.is_default desc, s.share desc nulls last, s.old_code limit 1;
        else
            select s.new_code into step from place_succession s
             where s.old_code = here and s.on_date <= p_day and s.is_default order by s.on_date limit 1;
        end if;
        if step is null then
            return null;
        end if;
        here := step;
        step := null;
    end loop;
    return null;
end $$;

grant execute on function place_on to :"app_role";
