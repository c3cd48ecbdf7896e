create or replace function members_of_communes(communes text[], networks text[], f member_filter, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
begin
    return query select h.* from unnest(communes) c cross join unnest(networks) n cross join lateral (
        select m.* from member m
         where m.commune_code = c and m.network = n and m.id > p_after and member_fits(m, f)
         order by m.id limit p_limit) h order by h.id limit p_limit;
end $$;

grant execute on function members_of_communes to :"app_role";
