-- Refuses a member whom the policy `tenant` shows to nobody in the caller's scope, as absent: for the owner's functions, whom
-- no policy keeps from anybody. Its caller has set `app.system`.
create or replace function require_member_in_sight(p_member uuid) returns void
language plpgsql stable as $$
begin
    if not exists (
        select from member p
         where p.id = p_member and (select scope_network()) in (p.network, '*')
           and ((select scope_national())
                or p.province_code = any ((select scope_provinces())::text[])
                or p.commune_code = any ((select scope_communes())::text[]))
           and ((select scope_all_groups())
                or p.created_by = (select scope_actor())
                or exists (select from membership m
                            where m.member_id = p.id and m.group_id = any ((select scope_groups())::uuid[])))) then
        perform refuse('404', 'not_found');
    end if;
end $$;
