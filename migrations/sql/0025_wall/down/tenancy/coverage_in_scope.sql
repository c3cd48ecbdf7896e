-- What an organisation covers must lie in the scope of who says so; the communes of a province of theirs included.
create or replace function coverage_in_scope(p_provinces text[], p_communes text[], p_nationwide boolean) returns boolean
language plpgsql stable as $$
begin
    return scope_national() or not p_nationwide and p_provinces <@ scope_provinces()
        and not exists (select from unnest(p_communes) c
                         where not coalesce(c = any (scope_communes()) or province_of(c) = any (scope_provinces()), false));
end $$;
