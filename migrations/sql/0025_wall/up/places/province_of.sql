-- The province in which a unit lies, or lay on its last day.
create or replace function province_of(p_code text) returns text language plpgsql stable as $$
begin
    return (with recursive up as (
        (select p.level, p.code, p.parent_code, p.valid_to from place p where p.code = p_code order by p.valid_from desc limit 1)
        union all
        select q.level, q.code, q.parent_code, coalesce(up.valid_to, q.valid_to) from up
          join lateral (select * from place q where q.code = up.parent_code and q.valid_from <= coalesce(up.valid_to, local_today())
                         order by q.valid_from desc limit 1) q on up.level <> 'province'
    ) select code from up where level = 'province');
end $$;

grant execute on function province_of to :"app_role";
