-- Numbers as people see them in lists; app/core/values/text.py masks in the same way.
create or replace function mask_phone(value text) returns text language sql immutable parallel safe
    as $$ select case when length(value) > 6 then repeat('*', length(value) - 3) || right(value, 3)
          else repeat('*', length(value)) end $$;
