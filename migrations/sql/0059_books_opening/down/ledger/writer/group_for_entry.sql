-- The group of an entry, with the unit in which it lay on the entry's day. A group that is not the actor's is refused
-- as absent.
create or replace function group_for_entry(a actor_row, p_group uuid, p_group_code text, p_day date,
    p_pointer text default '/group_id') returns entry_group
language plpgsql as $$
declare
    r entry_group;
    at_home boolean;
    unit text;
    province text;
    done text;
begin
    if p_group is not null then
        select g.id, g.network, g.model_id, g.province_code, g.commune_code, g.province_code, g.started_on, g.ended_on,
               in_force(g.commune_code, p_day) and in_force(g.province_code, p_day)
          into r.id, r.network, r.model_id, r.province_code, r.commune_code, r.province_today, r.started_on, r.ended_on, at_home
          from savings_group g where g.id = p_group;
    else
        select g.id, g.network, g.model_id, g.province_code, g.commune_code, g.province_code, g.started_on, g.ended_on,
               in_force(g.commune_code, p_day) and in_force(g.province_code, p_day)
          into r.id, r.network, r.model_id, r.province_code, r.commune_code, r.province_today, r.started_on, r.ended_on, at_home
          from savings_group g where g.network = a.network and g.code = p_group_code;
    end if;
    if r.id is null then
        perform refuse('404', 'not_found', jsonb_build_object('pointer',
            case when p_group is not null then p_pointer else '/group_code' end));
    end if;
    done := set_config('app.group', r.id::text, true);
    if not at_home then
        unit := place_on(r.commune_code, p_day);
        province := place_on(r.province_code, p_day);
        if unit is not null and province is not null
           and (scope_national() or province = any (scope_provinces()) or unit = any (scope_communes())) then
            r.commune_code := unit;
            r.province_code := province;
        end if;
    end if;
    return r;
end $$;
