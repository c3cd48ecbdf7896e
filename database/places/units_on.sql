-- The units of a fact of that day whose place is known by these codes: both as they stood then, or both as they are given where one
-- of them is not known then.
create or replace function units_on(p_province text, p_commune text, p_day date, out province_code text, out commune_code text)
language plpgsql stable as $$
begin
    province_code := place_on(p_province, p_day);
    commune_code := place_on(p_commune, p_day);
    if province_code is null or commune_code is null then
        province_code := p_province;
        commune_code := p_commune;
    end if;
end $$;
