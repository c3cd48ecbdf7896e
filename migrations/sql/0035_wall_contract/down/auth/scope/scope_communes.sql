-- A transaction that the release before began has the settings of that release and no seal; it counts until 0026.
create or replace function scope_communes() returns text[] language sql stable parallel safe
    as $$ select case when coalesce(current_setting('app.scope', true), '') = ''
              then nullif(current_setting('app.communes', true), '')::text[]
              else nullif(split_part(current_setting('app.scope', true), E'\x1f', 7), '')::text[] end $$;

grant execute on function scope_communes to :"app_role";
