-- Whether somebody is a direct customer (người tham gia trực tiếp) of who acts: they entered them, or took their money without a
-- group. It runs in the rights of the application's role.
create or replace function is_direct_customer(p_member uuid) returns boolean language sql stable as $$
    select exists (select from member m where m.id = p_member and m.created_by = scope_actor())
        or exists (select from premium_payment p where p.member_id = p_member and p.group_id is null
                      and p.collector_id = scope_actor())
$$;

grant execute on function is_direct_customer to :"app_role";
