-- Whom to look for in a piece of an organisation, which covers their place or once did, or never (app/privacy/traces/rules.py).
create or replace function people_of_traces(p_members uuid[], p_organisation uuid) returns jsonb language sql stable as $$
    select jsonb_agg(jsonb_build_object(
               'member_id', s.member_id, 'name', s.search_name, 'full_name', s.full_name, 'numbers', s.numbers, 'phone', s.phone,
               'own', own_numbers(s.member_id, s.network, s.numbers),
               'covered', exists (select from organisation_place p
                                   where p.organisation_id = p_organisation
                                     and (p.nationwide or s.province_code = any (p.provinces)
                                          or s.commune_code = any (p.communes)))))
      from trace_search s
     where s.member_id = any (p_members)
$$;
