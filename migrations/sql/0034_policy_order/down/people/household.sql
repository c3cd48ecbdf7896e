revoke all on household from :"app_role";
grant select, insert, update on household to :"app_role";

alter table household enable row level security;
alter table household force row level security;

-- A treasurer or collector sees the people of their own groups, and whom they entered themselves (a member is entered
-- before the membership that ties them to the group).
drop policy if exists tenant on household;
create policy tenant on household to :"app_role"
    using (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or created_by = (select scope_actor())
            or id in (select p.household_id from member p join membership m on m.member_id = p.id
                where m.group_id = any ((select scope_groups())::uuid[]))))
    with check (((select scope_network()) in ('*', network))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or created_by = (select scope_actor())
            or id in (select p.household_id from member p join membership m on m.member_id = p.id
                where m.group_id = any ((select scope_groups())::uuid[]))));

drop policy if exists system on household;
create policy system on household to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
