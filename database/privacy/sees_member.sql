-- Whether who acts sees a member as a whole: in their own network and places, and not as a member of some groups alone.
create or replace function sees_member(p_network text, p_province text, p_commune text) returns boolean
language sql stable as $$
    select (select scope_network()) in ('*', p_network) and (select scope_all_groups())
       and ((select scope_national())
            or p_province = any ((select scope_provinces())::text[])
            or p_commune = any ((select scope_communes())::text[]))
$$;
