create or replace function local_today() returns date language sql stable parallel safe
    as $$ select (now() at time zone interval '+07:00')::date $$;
