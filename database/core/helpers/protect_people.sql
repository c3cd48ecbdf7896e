-- A treasurer or collector sees the people of their own groups, and whom they entered themselves
-- (a member is entered before the membership that ties them to the group).
create or replace procedure protect_people(target regclass, through text, to_owner boolean default false) language plpgsql as $$
begin
    call protect_with(target, '((select scope_network()) in (''*'', network))'
        ' and ((select scope_national()) or province_code = any ((select scope_provinces())::text[])'
        ' or commune_code = any ((select scope_communes())::text[]))'
        ' and ((select scope_all_groups()) or ' || through || ')', null, to_owner);
end $$;
