-- What is kept of a session goes when the session itself becomes another one: a second factor was shown in it, or a password
-- changed. Its next refresh keeps it anew.
create or replace function forget_scope() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    delete from session_scope c where c.session_id = new.id;
    perform set_config('app.system', was, true);
    return null;
end $$;
