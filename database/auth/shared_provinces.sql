-- What a limited client has of its organisation's provinces and communes. The organisation may have lost places since
-- the limit was set: what is not in both is nobody's to give. Only an organisation that changed from a province to some
-- of its communes makes it look up where those lie.
create or replace function shared_provinces(p_provinces text[], p_within text[]) returns text[]
language sql immutable parallel safe
    as $$ select array(select unnest(p_provinces) intersect select unnest(p_within)) $$;
