-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_provinces() returns text[] language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then case when current_setting('app.provinces', true) like '{%' then current_setting('app.provinces', true)::text[] end
              when split_part(current_setting('app.scope', true), E'\x1f', 5) like '{%'
              then split_part(current_setting('app.scope', true), E'\x1f', 5)::text[] end $$;

grant execute on function scope_provinces to :"app_role";
