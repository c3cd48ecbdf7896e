revoke all on premium_repayment from :"app_role";
grant select, insert on premium_repayment to :"app_role";

alter table premium_repayment enable row level security;
alter table premium_repayment force row level security;

drop policy if exists tenant on premium_repayment;
create policy tenant on premium_repayment to :"app_role"
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

drop policy if exists system on premium_repayment;
create policy system on premium_repayment to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger append_only before update or delete on premium_repayment
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on premium_repayment
    for each statement execute function refuse_change();
