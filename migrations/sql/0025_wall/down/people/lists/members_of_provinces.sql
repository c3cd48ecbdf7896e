create or replace function members_of_provinces(provinces text[], networks text[], f member_filter, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
begin
    return query select h.* from unnest(provinces) p cross join unnest(networks) n cross join lateral (
        select m.* from member m
         where m.province_code = p and m.network = n and m.id > p_after and member_fits(m, f)
         order by m.id limit p_limit) h order by h.id limit p_limit;
end $$;
