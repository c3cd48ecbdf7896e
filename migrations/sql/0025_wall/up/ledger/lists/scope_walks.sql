-- Which index walks (see `txn_wanted`) make up the actor's scope: their own groups; or their provinces and the groups of
-- their communes. A filter by group leaves one walk. (An entry that two walks meet is shown once.) p_must: the group must be the actor's.
create or replace function scope_walks(a actor_row, p_group uuid, p_group_code text, p_must boolean, out groups uuid[], out provinces text[])
language plpgsql stable as $$
begin
    groups := '{}';
    provinces := '{}';
    if p_group is not null and p_group_code is null and not p_must then
        groups := array[p_group];  -- its entries are shown as far as they are the actor's
    elsif p_group is not null or p_group_code is not null then
        select coalesce(array_agg(g.id), '{}') into groups from savings_group g
         where (p_group is null or g.id = p_group)
           and (p_group_code is null or g.code = p_group_code and (a.all_networks or g.network = a.network));
    elsif a.groups is not null then
        groups := a.groups;
    elsif a.nationwide then
        select coalesce(array_agg(distinct p.code), '{}') into provinces from place p where p.level = 'province';
    else
        provinces := array(select distinct unnest(a.provinces));
        groups := array(select g.id from savings_group g
                         where g.commune_code = any (a.communes) and g.province_code <> all (a.provinces));
    end if;
end $$;

grant execute on function scope_walks to :"app_role";
