-- Who the holder of a session is, and what they may see, looked up in all that decides it; nobody (null) whose session is over.
-- scope: the same as one text, which `begin_actor` seals and policies read (`scope_network` and its like).
--
-- A client in the sandbox has none of its scopes, and in their place those that validate only: `sandbox:` before the
-- name. Which rights these carry is said in the one table of rights. A client that is limited to places is marked, for
-- the rows that are an organisation's wherever they lie (the policy `of_limited_client`).
--
-- Whose roles change rights or the law's values, or watch what others see, and who has not shown a second factor in this
-- session, has none of their roles, and in their place the same with `unverified:` before the name: they suffice to set one
-- up, and no more. So it is with `initial:` of a session that was begun with a password which somebody else set: it changes
-- that password while it may, and does nothing else.
--
-- What it says is kept for a session (`keep_scope`): each table that it reads has a trigger that outdates what was kept
-- (`outdate_scopes`), and a migration that changes this function raises every `scope_version`. Called by owner's functions
-- that have set `app.system`.
create or replace function find_actor(p_session uuid, out a actor_row, out scope text) language plpgsql as $$
declare
    limited boolean;
    emergency uuid;
    prefix text;
    today constant date := local_today();
begin
    select s.id, 'user', u.id, u.username, o.id, o.network, n.sees_all, u.roles, '{}',
           c.nationwide, c.provinces, c.communes, s.device_id, s.emergency_access_id,
           case when s.initial_until is not null then 'initial:'
                when s.second_factor = 'missing' and u.roles && array['bhxh_admin', 'union_admin', 'bhxh_data_officer',
                                                                      'union_data_officer'] then 'unverified:' end
      into a.session_id, a.kind, a.id, a.name, a.organisation_id, a.network, a.all_networks, a.roles, a.scopes,
           a.nationwide, a.provinces, a.communes, a.device_id, emergency, prefix
      from auth_session s
      join app_user u on u.id = s.user_id and u.disabled_at is null
      join organisation o on o.id = u.organisation_id and (o.closed_on is null or o.closed_on > today)
      join network n on n.code = o.network
      left join device d on d.id = s.device_id
      cross join covered_by(o.id, today) c
     where s.id = p_session and s.revoked_at is null and s.expires_at > now() and d.revoked_at is null
       and (s.initial_until is null or s.initial_until > now());
    if a.session_id is null then
        select s.id, 'client', k.id, k.client_id, o.id, o.network, n.sees_all, '{}',
               (select coalesce(array_agg(case when k.sandbox then 'sandbox:' || x else x end), '{}')
                  from unnest(k.scopes) x where s.scopes is null or x = any (s.scopes)),
               c.nationwide and k.place_codes is null,
               case when k.place_codes is null then c.provinces when c.nationwide then k.within_provinces
                    else shared_provinces(c.provinces, k.within_provinces) end,
               case when k.place_codes is null then c.communes when c.nationwide then k.within_communes
                    else shared_communes(c.provinces, c.communes, k.within_provinces, k.within_communes,
                                         k.within_commune_provinces) end,
               k.place_codes is not null
          into a.session_id, a.kind, a.id, a.name, a.organisation_id, a.network, a.all_networks, a.roles, a.scopes,
               a.nationwide, a.provinces, a.communes, limited
          from auth_session s
          join api_client k on k.id = s.client_id and k.disabled_at is null
          join organisation o on o.id = k.organisation_id and (o.closed_on is null or o.closed_on > today)
          join network n on n.code = o.network
          cross join covered_by(o.id, today) c
         where s.id = p_session and s.revoked_at is null and s.expires_at > now();
    end if;
    -- To view figures or to protect data as well shows a treasurer nobody else's people.
    if a.roles && array['treasurer', 'collector'] and a.roles <@ array['treasurer', 'collector', 'viewer',
                                                                      'union_data_officer', 'bhxh_data_officer'] then
        select coalesce(array_agg(distinct g.group_id), '{}') into a.groups from user_group g
         where g.user_id = a.id and g.valid_from <= today and (g.valid_to is null or g.valid_to >= today);
    end if;
    if prefix is not null then
        a.roles := string_to_array(prefix || array_to_string(a.roles, ',' || prefix), ',');
    end if;
    if emergency is not null then
        a := emergency_actor(a, emergency);
    end if;
    if a.session_id is null then
        a := null;
        return;
    end if;
    -- One text for all of it, the long parts last; no part has the separator in it.
    scope := case when a.all_networks then '*' else a.network end || E'\x1f' || a.id || E'\x1f' || a.organisation_id || E'\x1f'
        || case when limited then 'on' else '' end || E'\x1f'
        || case when a.nationwide then '*' else coalesce(a.provinces::text, '') end || E'\x1f'
        || case when a.groups is null then '*' else a.groups::text end || E'\x1f' || coalesce(a.communes::text, '');
end $$;
