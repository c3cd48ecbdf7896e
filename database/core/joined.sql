-- Concatenates all text[] of a set.
create or replace aggregate joined(text[]) (sfunc = array_cat, stype = text[], initcond = '{}', parallel = safe);

grant execute on function joined to :"app_role";
