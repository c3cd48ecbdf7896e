-- The book of an organisation for an entry about somebody, with the unit in which they lived on the entry's day. Who is not in
-- the actor's scope is refused as absent; then the book is the writer's, and the day is checked like every day of the ledger.
create or replace function book_for_entry(p_organisation uuid, p_network text, p_province text, p_commune text, p_day date)
returns entry_group
language plpgsql as $$
declare
    g entry_group;
    done text;
begin
    if (scope_network() in ('*', p_network) and (scope_national() or p_province = any (scope_provinces())
            or p_commune = any (scope_communes()))) is not true then
        perform refuse('404', 'not_found');
    end if;
    g.id := p_organisation;
    g.network := p_network;
    g.province_today := coalesce(place_on(p_province, local_today()), p_province);
    select u.province_code, u.commune_code into g.province_code, g.commune_code from units_on(p_province, p_commune, p_day) u;
    done := set_config('app.book', p_organisation::text, true);
    return g;
end $$;
