revoke all on membership from :"app_role";
grant select, insert, update on membership to :"app_role";

alter table membership enable row level security;
alter table membership force row level security;

drop policy if exists tenant on membership;
create policy tenant on membership to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])));

drop policy if exists system on membership;
create policy system on membership to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- The writer has seen the group under the tenant's scope and named it (`scope_group`).
drop policy if exists writer on membership;
create policy writer on membership for select to current_user using (group_id = scope_group());

create or replace trigger refs after insert on membership referencing new table as added
    for each statement execute function refs_of_membership();

create or replace trigger refs_stay before update of network on membership
    for each row when ((old.network) is distinct from (new.network))
    execute function refuse_change();

create or replace trigger accounts_of_membership after insert on membership
    referencing new table as added for each statement execute function open_member_accounts();
