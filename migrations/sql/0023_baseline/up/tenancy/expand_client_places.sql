-- What a place limit means for a scope: worked out when the row is written, as coverage is (organisation_place), so that
-- no request walks the tree. `within_commune_provinces` names the province of each commune, in their order.
create or replace function expand_client_places() returns trigger language plpgsql as $$
begin
    select joined(e.provinces), joined(e.communes) into new.within_provinces, new.within_communes
      from unnest(new.place_codes) c cross join lateral expand_place(c) e;
    new.within_commune_provinces := array(
        select province_of(c) from unnest(new.within_communes) with ordinality as u (c, n) order by n);
    if new.place_codes is null then
        new.within_provinces := null; new.within_communes := null; new.within_commune_provinces := null;
    end if;
    return new;
end $$;
