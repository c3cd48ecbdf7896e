create or replace function nfc(value text) returns boolean language sql immutable parallel safe
    as $$ select value is nfc normalized $$;
