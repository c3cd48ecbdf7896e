-- A commune works with the models of its province, so it reads them as well.
create or replace function scope_home_provinces() returns text[] language sql stable parallel safe as $$
    select array_agg(distinct coalesce(d.parent_code, c.parent_code))
      from place c left join place d on d.code = c.parent_code and d.level = 'district'
     where c.code = any (scope_communes()) and c.level = 'commune'
$$;

grant execute on function scope_home_provinces to :"app_role";
