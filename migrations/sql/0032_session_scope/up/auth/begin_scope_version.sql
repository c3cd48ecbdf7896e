-- Every organisation has a version of what decides its scopes, from its beginning.
create or replace function begin_scope_version() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    insert into scope_version (organisation_id) values (new.id);
    perform set_config('app.system', was, true);
    return null;
end $$;
