revoke all on api_client from :"app_role";
grant select, insert, update on api_client to :"app_role";

alter table api_client enable row level security;
alter table api_client force row level security;

drop policy if exists tenant on api_client;
create policy tenant on api_client to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or organisation_id = (select scope_organisation())));

drop policy if exists system on api_client;
create policy system on api_client to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Whoever acts knows who they are and leaves a trace, also while their organisation covers no place.
drop policy if exists own_row on api_client;
create policy own_row on api_client for select to :"app_role" using (id = (select scope_actor())
    and (select scope_network()) is not null);

create or replace trigger places_of_client before insert or update of place_codes on api_client
    for each row execute function expand_client_places();

create or replace trigger kept before delete on api_client for each row execute function refuse_change();

create or replace trigger kept_truncate before truncate on api_client
    for each statement execute function refuse_change();

create or replace trigger kept_key before update of id on api_client
    for each row when (old.id is distinct from new.id) execute function refuse_change();

create or replace trigger outdate_scopes
    after update of client_id, organisation_id, scopes, disabled_at, sandbox, place_codes, within_provinces, within_communes,
        within_commune_provinces on api_client
    for each row when ((old.client_id, old.organisation_id, old.scopes, old.disabled_at, old.sandbox, old.place_codes,
        old.within_provinces, old.within_communes, old.within_commune_provinces) is distinct from (new.client_id,
        new.organisation_id, new.scopes, new.disabled_at, new.sandbox, new.place_codes, new.within_provinces,
        new.within_communes, new.within_commune_provinces)) execute function outdate_scopes();
