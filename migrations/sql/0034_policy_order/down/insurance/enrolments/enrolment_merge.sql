revoke all on enrolment_merge from :"app_role";
grant select, insert, update on enrolment_merge to :"app_role";

alter table enrolment_merge enable row level security;
alter table enrolment_merge force row level security;

drop policy if exists tenant on enrolment_merge;
create policy tenant on enrolment_merge to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists system on enrolment_merge;
create policy system on enrolment_merge to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
