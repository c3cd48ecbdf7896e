-- A time as the other answers of the same noun have it: without a fraction of a second where there is none.
create or replace function short_time(t timestamptz) returns text language sql stable parallel safe
    as $$ select replace(wire_time(t), '.000000', '') $$;

grant execute on function short_time to :"app_role";
