-- What a setting of the transaction says about who acts. Unset reads as NULL (or '' after a commit), and both let nothing
-- through: a transaction that never began an actor sees no row of anybody.
create or replace function scope_provinces() returns text[] language sql stable parallel safe
    as $$ select case when current_setting('app.provinces', true) like '{%' then
              current_setting('app.provinces', true)::text[] end $$;
