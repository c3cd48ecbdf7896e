-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_all_groups() returns boolean language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then coalesce(current_setting('app.groups', true), '') = '*'
              else coalesce(split_part(current_setting('app.scope', true), E'\x1f', 6), '') = '*' end $$;

grant execute on function scope_all_groups to :"app_role";
