revoke all on organisation from :"app_role";
grant select, insert, update on organisation to :"app_role";

alter table organisation enable row level security;
alter table organisation force row level security;

-- The staff of an organisation that covers several communes sit in a province of which they see only a part: what is
-- their own is theirs wherever it lies.
drop policy if exists tenant on organisation;
create policy tenant on organisation to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or id = (select scope_organisation())))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])
            or id = (select scope_organisation())));

-- All of a network read what belongs to the whole of it; the national level writes it.
drop policy if exists tenant_read on organisation;
create policy tenant_read on organisation for select to :"app_role"
    using (((select scope_network()) in ('*', network)) and province_code is null);

drop policy if exists system on organisation;
create policy system on organisation to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Whoever acts knows who they are and leaves a trace, also while their organisation covers no place.
drop policy if exists own_row on organisation;
create policy own_row on organisation for select to :"app_role"
    using (id in (select organisation_id from app_user where id = (select scope_actor())
        union all select organisation_id from api_client where id = (select scope_actor())));

create or replace trigger kept before delete on organisation for each row execute function refuse_change();

create or replace trigger kept_truncate before truncate on organisation
    for each statement execute function refuse_change();

create or replace trigger kept_key before update of id on organisation
    for each row when (old.id is distinct from new.id) execute function refuse_change();

create or replace trigger outdate_scopes after update of network, closed_on on organisation
    for each row when ((old.network, old.closed_on) is distinct from
        (new.network, new.closed_on)) execute function outdate_scopes();

create or replace trigger begin_scope_version after insert on organisation
    for each row execute function begin_scope_version();
