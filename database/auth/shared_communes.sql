create or replace function shared_communes(p_provinces text[], p_communes text[], p_within text[], p_within_communes text[],
    p_their_provinces text[]) returns text[]
language sql stable as $$
    select array(
        select w.code from unnest(p_within_communes, p_their_provinces) as w (code, province)
         where w.code = any (p_communes) or w.province = any (p_provinces)
        union
        select c from unnest(p_communes) c where not p_within <@ p_provinces and province_of(c) = any (p_within))
$$;
