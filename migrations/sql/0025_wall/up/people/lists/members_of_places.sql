-- Of who works in whole provinces and in single communes besides; a member of both is in the page once.
create or replace function members_of_places(a actor_row, f member_filter, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    networks constant text[] := case when a.all_networks then array(select n.code from network n) else array[a.network] end;
    s record;
begin
    s := member_streams(a, f);
    return query
        select * from members_of_provinces(s.provinces, networks, f, p_after, p_limit)
        union select * from members_of_communes(s.communes, networks, f, p_after, p_limit)
        order by id limit p_limit;
end $$;

grant execute on function members_of_places to :"app_role";
