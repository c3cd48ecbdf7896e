revoke all on member from :"app_role";
grant select, insert, update on member to :"app_role";

alter table member enable row level security;
alter table member force row level security;

-- A treasurer or collector sees the people of their own groups, and whom they entered themselves (a member is entered
-- before the membership that ties them to the group).
drop policy if exists tenant on member;
create policy tenant on member to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or created_by = (select scope_actor())
            or id in (select m.member_id from membership m where m.group_id = any ((select scope_groups())::uuid[]))))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or created_by = (select scope_actor())
            or id in (select m.member_id from membership m where m.group_id = any ((select scope_groups())::uuid[]))));

drop policy if exists system on member;
create policy system on member to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger refs after insert on member referencing new table as added
    for each statement execute function refs_of_member();

create or replace trigger refs_stay before update of network, organisation_id on member
    for each row when ((old.network, old.organisation_id) is distinct from (new.network, new.organisation_id))
    execute function refuse_change();

create or replace trigger date_numbers before update of national_id, social_insurance_no on member
    for each row when ((old.national_id, old.social_insurance_no)
        is distinct from (new.national_id, new.social_insurance_no))
    execute function date_numbers();
