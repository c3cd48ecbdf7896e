-- The organisation whose book the writer is at work on, named by the owner's functions; none outside of them.
create or replace function scope_book() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.book', true), '')::uuid $$;
