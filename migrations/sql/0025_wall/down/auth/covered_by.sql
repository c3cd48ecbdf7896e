-- What an organisation covers on a day, for a scope.
create or replace function covered_by(p_organisation uuid, p_day date)
returns table (provinces text[], communes text[], nationwide boolean) language sql stable as $$
    select joined(p.provinces), joined(p.communes), coalesce(bool_or(p.nationwide), false) from organisation_place p
     where p.organisation_id = p_organisation and p.valid_from <= p_day and (p.valid_to is null or p.valid_to >= p_day)
$$;
