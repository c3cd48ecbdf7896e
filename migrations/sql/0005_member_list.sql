-- Numbers as people see them in lists; app/core/text.py masks in the same way.
create function mask_id(value text) returns text language sql immutable parallel safe
    as $$ select case when length(value) >= 9 then left(value, 3) || repeat('*', length(value) - 6) || right(value, 3)
          else repeat('*', length(value)) end $$;

create function mask_phone(value text) returns text language sql immutable parallel safe
    as $$ select case when length(value) > 6 then repeat('*', length(value) - 3) || right(value, 3)
          else repeat('*', length(value)) end $$;

create type member_filter as (
    commune text, province text, hamlet text, household_id uuid, referrer_id uuid, name text
);

-- Whether a member is among those asked for; null asks for nothing in particular. A name is asked for by the
-- beginning of any of its words: "thi da" finds "nguyen thi dao".
create function member_fits(m member, f member_filter) returns boolean language sql immutable parallel safe
    as $$ select (f.commune is null or m.commune_code = f.commune)
             and (f.province is null or m.province_code = f.province)
             and (f.hamlet is null or m.hamlet_code = f.hamlet)
             and (f.household_id is null or m.household_id = f.household_id)
             and (f.referrer_id is null or m.referrer_id = f.referrer_id)
             and (f.name is null or strpos(' ' || m.search_name, ' ' || f.name) > 0) $$;

-- Through which streams of ix_member_province and ix_member_commune the actor's members come in the order of their
-- ids: every stream ends after one page, so a page costs the same however many members there are.
create function member_streams(a actor_row, f member_filter, out provinces text[], out communes text[])
language plpgsql stable as $$
begin
    provinces := '{}';
    communes := '{}';
    if f.commune is not null then
        communes := array[f.commune];
    elsif f.hamlet is not null then
        communes := (select x.communes from expand_place(f.hamlet) x);
    elsif f.province is not null and (a.nationwide or f.province = any (a.provinces)) then
        provinces := array[f.province];
    else
        provinces := a.provinces;
        communes := a.communes;
    end if;
end $$;

create function members_of_provinces(provinces text[], networks text[], f member_filter, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
begin
    return query select h.* from unnest(provinces) p cross join unnest(networks) n cross join lateral (
        select m.* from member m
         where m.province_code = p and m.network = n and m.id > p_after and member_fits(m, f)
         order by m.id limit p_limit) h order by h.id limit p_limit;
end $$;

create function members_of_communes(communes text[], networks text[], f member_filter, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
begin
    return query select h.* from unnest(communes) c cross join unnest(networks) n cross join lateral (
        select m.* from member m
         where m.commune_code = c and m.network = n and m.id > p_after and member_fits(m, f)
         order by m.id limit p_limit) h order by h.id limit p_limit;
end $$;

create function members_of_places(a actor_row, f member_filter, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    networks constant text[] := case when a.all_networks then array(select n.code from network n) else array[a.network] end;
    s record;
begin
    s := member_streams(a, f);
    if s.communes = '{}' then
        return query select * from members_of_provinces(s.provinces, networks, f, p_after, p_limit);
    elsif s.provinces = '{}' then
        return query select * from members_of_communes(s.communes, networks, f, p_after, p_limit);
    else
        return query
            select * from members_of_provinces(s.provinces, networks, f, p_after, p_limit)
            union select * from members_of_communes(s.communes, networks, f, p_after, p_limit)
            order by id limit p_limit;
    end if;
end $$;

-- Members among a few candidates: a group's, a household's, those whom somebody brought, a collector's own.
create function members_of_few(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    candidates uuid[];
begin
    if p_group is not null then
        candidates := array(select s.member_id from membership s where s.group_id = p_group and s.left_on is null);
    elsif f.household_id is not null then
        candidates := array(select m.id from member m where m.household_id = f.household_id);
    elsif f.referrer_id is not null then
        candidates := array(select m.id from member m where m.referrer_id = f.referrer_id);
    else
        candidates := array(
            select s.member_id from membership s where s.group_id = any (a.groups)
            union (select m.id from member m where m.created_by = a.id and m.id > p_after
                    order by m.id limit case when num_nonnulls(f.commune, f.province, f.hamlet, f.name) = 0
                                        then p_limit end));
    end if;
    return query select m.* from member m where m.id = any (candidates) and m.id > p_after and member_fits(m, f)
                  order by m.id limit p_limit;
end $$;

create function member_page(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer)
returns setof member language plpgsql stable rows 50 as $$
declare
    placed constant boolean := num_nonnulls(f.commune, f.province, f.hamlet) > 0;
begin
    if p_group is not null or f.household_id is not null or f.referrer_id is not null or a.groups is not null then
        return query select * from members_of_few(a, f, p_group, p_after, p_limit);
    elsif placed or not a.nationwide then
        return query select * from members_of_places(a, f, p_after, p_limit);
    elsif f.name is not null then
        perform refuse('422', 'search_too_wide', '{"pointer": "/query/q"}');
    elsif a.all_networks then
        return query select m.* from member m where m.id > p_after order by m.id limit p_limit;
    else
        return query select m.* from member m where m.network = a.network and m.id > p_after order by m.id limit p_limit;
    end if;
end $$;

create type member_item as (
    id uuid, network text, organisation_id uuid, province_code text, commune_code text, hamlet_code text,
    household_id uuid, relation_to_head text, full_name text, birth_date date, sex text, national_id text,
    social_insurance_no text, health_card_no text, phone text, occupation text, referrer_id uuid, joined_on date,
    died_on date, version integer
);

-- One page of the actor's members as the list's JSON, numbers masked, in one round trip. last_id: where the next page
-- begins, null on the last one. Its plans are kept as they are made, in the order of the indexes: planning under
-- row-level security costs more than the page.
create function list_members(p_session uuid, p_roles text[], p_scopes text[], p_after uuid, p_limit integer,
    p_group uuid, f member_filter, out items text, out last_id uuid)
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set max_parallel_workers_per_gather = 0
set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off
as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
begin
    select coalesce(json_agg(row_to_json(row(
               m.id, m.network, m.organisation_id, m.province_code, m.commune_code, m.hamlet_code, m.household_id,
               m.relation_to_head, m.full_name, m.birth_date, m.sex, mask_id(m.national_id),
               mask_id(m.social_insurance_no), mask_id(m.health_card_no), mask_phone(m.phone), m.occupation,
               m.referrer_id, m.joined_on, m.died_on, m.version)::member_item)) filter (where m.ordinality <= p_limit), '[]')::text,
           case when count(*) > p_limit then (array_agg(m.id))[p_limit] end
      into items, last_id
      from member_page(a, f, p_group, coalesce(p_after, '00000000-0000-0000-0000-000000000000'), p_limit + 1)
           with ordinality m;
end $$;
