create or replace procedure protect_rows(target regclass, grouped boolean default false, shared boolean default false,
    own text default null)
language plpgsql as $$
-- The usual rule: own network (BHXH: all), own places, and own groups where the table has a group.
-- `shared`: a row without a province belongs to the whole network; all of it read it, the national level writes it.
-- `own`: the column with an organisation, whose rows are its own wherever they lie: the staff of an organisation that
-- covers several communes sit in a province of which they see only a part.
declare
    own_network constant text := '((select scope_network()) in (''*'', network))';
    visible text := own_network || ' and ((select scope_national())'
        ' or province_code = any ((select scope_provinces())::text[])'
        ' or commune_code = any ((select scope_communes())::text[])'
        || coalesce(' or ' || quote_ident(own) || ' = (select scope_organisation())', '') || ')';
begin
    if grouped then
        visible := visible || ' and ((select scope_all_groups()) or group_id = any ((select scope_groups())::uuid[]))';
    end if;
    call protect_with(target, visible, case when shared then own_network || ' and province_code is null' end);
end $$;
