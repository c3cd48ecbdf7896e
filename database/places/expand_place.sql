-- What coverage of a place means for a scope. A country is everything; a province is itself and the
-- provinces that became it; a district (until 2025) its communes and what became of them; a commune itself and
-- the communes that became it; a hamlet its commune.
create or replace function expand_place(p_code text, out provinces text[], out communes text[], out nationwide boolean)
language plpgsql stable as $$
declare
    of_level text;
begin
    select p.level into of_level from place p where p.code = p_code order by p.valid_from desc limit 1;
    provinces := '{}'; communes := '{}'; nationwide := coalesce(of_level = 'country', false);
    if of_level = 'province' then
        with recursive before as (
            select p_code as code union select s.old_code from place_succession s join before b on s.new_code = b.code
        ) select array_agg(code order by code) into provinces from before;
    elsif of_level in ('commune', 'district', 'hamlet', 'block') then
        with recursive up as (
            select p_code as code, of_level as level
            union select q.code, q.level from up join place p on p.code = up.code join place q on q.code = p.parent_code
             where up.level in ('hamlet', 'block') and q.level in ('hamlet', 'commune')
        ), start as (
            select code from up where level = 'commune'
            union select p.code from place p where of_level = 'district' and p.parent_code = p_code and p.level = 'commune'
            union select s.new_code from place p join place_succession s on s.old_code = p.code
             where of_level = 'district' and p.parent_code = p_code and p.level = 'commune'
        ), before as (
            select code from start
            union select s.old_code from place_succession s join before b on s.new_code = b.code
             where of_level <> 'district'
        ) select coalesce(array_agg(code order by code), '{}') into communes from before;
    end if;
end $$;

grant execute on function expand_place to :"app_role";
