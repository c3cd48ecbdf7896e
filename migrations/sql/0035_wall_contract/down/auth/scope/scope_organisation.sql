-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_organisation() returns uuid language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then nullif(current_setting('app.organisation', true), '')::uuid
              else nullif(split_part(current_setting('app.scope', true), E'\x1f', 3), '')::uuid end $$;

grant execute on function scope_organisation to :"app_role";
