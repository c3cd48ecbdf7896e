-- Rows that an organisation has wherever they lie, in a table that names the client who sent them: a client that is
-- limited to places has those of its places and its own.
create or replace procedure limit_to_sender(target regclass, sender text default 'client_id') language plpgsql as $$
begin
    execute format($f$create policy of_limited_client on %s as restrictive to %I using (
        not (select scope_limited()) or %I = (select scope_actor())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]))$f$,
        target, current_setting('ansinh.app_role'), sender);
end $$;
