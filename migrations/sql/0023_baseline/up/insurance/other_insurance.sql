revoke all on other_insurance from :"app_role";
grant select, insert, update on other_insurance to :"app_role";

alter table other_insurance enable row level security;
alter table other_insurance force row level security;

drop policy if exists tenant on other_insurance;
create policy tenant on other_insurance to :"app_role"
    using ((select scope_network()) = '*' and exists (select from member m where m.id = member_id))
    with check ((select scope_network()) = '*' and exists (select from member m where m.id = member_id));

drop policy if exists system on other_insurance;
create policy system on other_insurance to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
