create or replace function member_page(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    placed constant boolean := num_nonnulls(f.commune, f.province, f.hamlet) > 0;
begin
    if p_group is not null or f.household_id is not null or f.referrer_id is not null or a.groups is not null then
        return query select * from members_of_few(a, f, p_group, p_after, p_limit);
    elsif placed or not a.nationwide then
        return query select * from members_of_places(a, f, p_after, p_limit);
    elsif f.name is not null then
        perform refuse('422', 'search_too_wide', '{"pointer": "/query/q"}');
    elsif a.all_networks then
        return query select m.* from member m where m.id > p_after order by m.id limit p_limit;
    else
        return query select m.* from member m where m.network = a.network and m.id > p_after order by m.id limit p_limit;
    end if;
end $$;

grant execute on function member_page to :"app_role";
