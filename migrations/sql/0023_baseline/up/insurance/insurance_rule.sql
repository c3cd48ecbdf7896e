revoke all on insurance_rule from :"app_role";
grant select, insert, update on insurance_rule to :"app_role";

alter table insurance_rule enable row level security;
alter table insurance_rule force row level security;

drop policy if exists tenant on insurance_rule;
create policy tenant on insurance_rule to :"app_role"
    using ((select scope_network()) = '*'
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])))
    with check ((select scope_network()) = '*'
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])));

drop policy if exists tenant_read on insurance_rule;
create policy tenant_read on insurance_rule for select to :"app_role" using (true);

drop policy if exists system on insurance_rule;
create policy system on insurance_rule to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger no_edit before update or delete on insurance_rule
    for each row execute function refuse_rule_edit();
