revoke all on app_user from :"app_role";
grant select, insert, update on app_user to :"app_role";

alter table app_user enable row level security;
alter table app_user force row level security;

drop policy if exists tenant on app_user;
create policy tenant on app_user to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())));

drop policy if exists system on app_user;
create policy system on app_user to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Whoever acts knows who they are and leaves a trace, also while their organisation covers no place.
drop policy if exists own_row on app_user;
create policy own_row on app_user for select to :"app_role" using (id = (select scope_actor())
    and (select scope_network()) is not null);

-- These decide what the user's sessions may see (`find_actor`); so it is in the other tables with this trigger.
create or replace trigger outdate_scopes after update of username, organisation_id, roles, disabled_at on app_user
    for each row when ((old.username, old.organisation_id, old.roles, old.disabled_at) is distinct from
        (new.username, new.organisation_id, new.roles, new.disabled_at)) execute function outdate_scopes();
