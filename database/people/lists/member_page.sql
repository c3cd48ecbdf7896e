-- One page of the actor's members, whole rows, in the order of their ids. What nearly everybody asks for stands in this function
-- itself: each further function through which rows come writes and reads all of them once more.
create or replace function member_page(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    placed constant boolean := num_nonnulls(f.commune, f.province, f.hamlet) > 0;
    networks text[];
    s record;
begin
    if p_group is not null or f.household_id is not null or f.referrer_id is not null or a.groups is not null then
        return query select * from members_of_few(a, f, p_group, p_after, p_limit);
    elsif placed or not a.nationwide then
        s := member_streams(a, f);
        networks := case when a.all_networks then array(select n.code from network n) else array[a.network] end;
        if s.provinces = '{}' then
            return query select h.* from unnest(s.communes) c cross join unnest(networks) n cross join lateral (
                select m.* from member m
                 where m.commune_code = c and m.network = n and m.id > p_after and member_fits(m, f)
                 order by m.id limit p_limit) h order by h.id limit p_limit;
        elsif s.communes = '{}' then
            return query select h.* from unnest(s.provinces) p cross join unnest(networks) n cross join lateral (
                select m.* from member m
                 where m.province_code = p and m.network = n and m.id > p_after and member_fits(m, f)
                 order by m.id limit p_limit) h order by h.id limit p_limit;
        else
            return query select * from members_of_places(a, f, p_after, p_limit);
        end if;
    elsif f.name is not null then
        perform refuse('422', 'search_too_wide', '{"pointer": "/query/q"}');
    elsif a.all_networks then
        return query select m.* from member m where m.id > p_after order by m.id limit p_limit;
    else
        return query select m.* from member m where m.network = a.network and m.id > p_after order by m.id limit p_limit;
    end if;
end $$;

grant execute on function member_page to :"app_role";
