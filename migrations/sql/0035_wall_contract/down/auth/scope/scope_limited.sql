-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_limited() returns boolean language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then coalesce(current_setting('app.limited', true), '') = 'on'
              else coalesce(split_part(current_setting('app.scope', true), E'\x1f', 4), '') = 'on' end $$;

grant execute on function scope_limited to :"app_role";
