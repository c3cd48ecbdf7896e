-- All text[] of a set, one after the other.
create or replace aggregate joined(text[]) (sfunc = array_cat, stype = text[], initcond = '{}', parallel = safe);
