revoke all on consent from :"app_role";
grant select, insert, update on consent to :"app_role";

alter table consent enable row level security;
alter table consent force row level security;

drop policy if exists tenant on consent;
create policy tenant on consent to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or member_id in (select p.id from member p)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or member_id in (select p.id from member p)));

drop policy if exists system on consent;
create policy system on consent to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
