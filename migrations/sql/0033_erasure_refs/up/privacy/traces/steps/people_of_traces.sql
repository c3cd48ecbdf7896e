-- Whom to look for in a piece of an organisation, with what says that something is theirs (app/privacy/traces/rules.py).
create or replace function people_of_traces(p_members uuid[], p_organisation uuid) returns jsonb language sql stable as $$
    select jsonb_agg(jsonb_build_object(
               'member_id', s.member_id, 'name', s.search_name, 'full_name', s.full_name, 'birth_date', s.birth_date,
               'numbers', s.numbers, 'phone', s.phone, 'commune', s.commune_code, 'alone', s.is_alone,
               'covered', coalesce(c.nationwide or s.province_code = any (c.provinces)
                                   or s.commune_code = any (c.communes), false),
               'near', coalesce(not c.nationwide and s.commune_code = any (c.communes)
                                and not s.province_code = any (c.provinces), false)))
      from trace_search s
      left join lateral covered_by(p_organisation, local_today()) c on true
     where s.member_id = any (p_members)
$$;
