-- Members among a few candidates: a group's, a household's, those whom somebody brought, a collector's own.
create or replace function members_of_few(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    candidates uuid[];
begin
    if p_group is not null then
        candidates := array(select s.member_id from membership s where s.group_id = p_group and s.left_on is null);
    elsif f.household_id is not null then
        candidates := array(select m.id from member m where m.household_id = f.household_id);
    elsif f.referrer_id is not null then
        candidates := array(select m.id from member m where m.referrer_id = f.referrer_id);
    else
        candidates := array(
            select s.member_id from membership s where s.group_id = any (a.groups)
            union (select m.id from member m where m.created_by = a.id and m.id > p_after
                    order by m.id limit case when num_nonnulls(f.commune, f.province, f.hamlet, f.name) = 0
                                        then p_limit end));
    end if;
    return query select m.* from member m where m.id = any (candidates) and m.id > p_after and member_fits(m, f)
                  order by m.id limit p_limit;
end $$;

grant execute on function members_of_few to :"app_role";
