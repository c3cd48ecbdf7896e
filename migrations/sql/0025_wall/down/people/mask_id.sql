-- Numbers as people see them in lists; app/core/values/text.py masks in the same way.
create or replace function mask_id(value text) returns text language sql immutable parallel safe
    as $$ select case when length(value) >= 9 then left(value, 3) || repeat('*', length(value) - 6) || right(value, 3)
          else repeat('*', length(value)) end $$;
