-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_groups() returns uuid[] language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then case when current_setting('app.groups', true) like '{%' then current_setting('app.groups', true)::uuid[] end
              when split_part(current_setting('app.scope', true), E'\x1f', 6) like '{%'
              then split_part(current_setting('app.scope', true), E'\x1f', 6)::uuid[] end $$;

grant execute on function scope_groups to :"app_role";
