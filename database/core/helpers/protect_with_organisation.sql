-- Read with the organisation, and written by those in whose places it sits: a unit of the whole network only nationally.
create or replace procedure protect_with_organisation(target regclass, further text default '') language plpgsql as $$
begin
    call protect_with(target,
        'exists (select from organisation o where o.id = organisation_id and ((select scope_national())'
        ' or o.province_code = any ((select scope_provinces())::text[])'
        ' or o.commune_code = any ((select scope_communes())::text[])))' || further,
        'exists (select from organisation o where o.id = organisation_id)');
end $$;
