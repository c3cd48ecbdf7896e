create or replace function wire_time(t timestamptz) returns text language sql stable parallel safe
    as $$ select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

grant execute on function wire_time to :"app_role";
