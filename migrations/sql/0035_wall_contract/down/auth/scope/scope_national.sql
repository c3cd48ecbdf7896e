-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_national() returns boolean language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then coalesce(current_setting('app.provinces', true), '') = '*'
              else coalesce(split_part(current_setting('app.scope', true), E'\x1f', 5), '') = '*' end $$;

grant execute on function scope_national to :"app_role";
