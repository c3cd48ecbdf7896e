revoke all on premium_source from :"app_role";
grant select, insert, update on premium_source to :"app_role";

alter table premium_source enable row level security;
alter table premium_source force row level security;

drop policy if exists tenant on premium_source;
create policy tenant on premium_source to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and exists (select from premium_payment p where p.id = payment_id)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and exists (select from premium_payment p where p.id = payment_id)));

drop policy if exists system on premium_source;
create policy system on premium_source to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger fixed before update or delete on premium_source for each row
    execute function refuse_other_change('paid', 'resolution_id');
