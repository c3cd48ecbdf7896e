-- What a place limit means for a scope: worked out when the row is written, as coverage is (organisation_place), so that
-- no request walks the tree. `within_commune_provinces` names the province of each commune, in their order.
create function expand_client_places() returns trigger language plpgsql as $$
begin
    select joined(e.provinces), joined(e.communes) into new.within_provinces, new.within_communes
      from unnest(new.place_codes) c cross join lateral expand_place(c) e;
    new.within_commune_provinces := array(
        select province_of(c) from unnest(new.within_communes) with ordinality as u (c, n) order by n);
    if new.place_codes is null then
        new.within_provinces := null; new.within_communes := null; new.within_commune_provinces := null;
    end if;
    return new;
end $$;
create trigger places_of_client before insert or update of place_codes on api_client
    for each row execute function expand_client_places();

-- What a limited client has of its organisation's provinces and communes. The organisation may have lost places since
-- the limit was set: what is not in both is nobody's to give. Only an organisation that changed from a province to some
-- of its communes makes it look up where those lie.
create function shared_provinces(p_provinces text[], p_within text[]) returns text[]
language sql immutable parallel safe
    as $$ select array(select unnest(p_provinces) intersect select unnest(p_within)) $$;

create function shared_communes(p_provinces text[], p_communes text[], p_within text[], p_within_communes text[],
    p_their_provinces text[]) returns text[]
language sql stable as $$
    select array(
        select w.code from unnest(p_within_communes, p_their_provinces) as w (code, province)
         where w.code = any (p_communes) or w.province = any (p_provinces)
        union
        select c from unnest(p_communes) c where not p_within <@ p_provinces and province_of(c) = any (p_within))
$$;

-- A client in the sandbox has none of its scopes, and in their place those that validate only: `sandbox:` before the
-- name. Which rights these carry is said in the one table of rights. A client that is limited to places is marked, for
-- the rows that are an organisation's wherever they lie (`limit_to_sender`).
create or replace function begin_actor(p_session uuid) returns actor_row
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row;
    limited boolean;
    today constant date := local_today();
    done text := set_config('app.system', 'on', true);
begin
    select s.id, 'user', u.id, u.username, o.id, o.network, n.sees_all, u.roles, '{}',
           c.nationwide, c.provinces, c.communes, null, s.device_id into a
      from auth_session s
      join app_user u on u.id = s.user_id and u.disabled_at is null
      join organisation o on o.id = u.organisation_id and (o.closed_on is null or o.closed_on > today)
      join network n on n.code = o.network
      left join device d on d.id = s.device_id
      cross join covered_by(o.id, today) c
     where s.id = p_session and s.revoked_at is null and s.expires_at > now() and d.revoked_at is null;
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
        done := set_config('app.limited', case when limited then 'on' else '' end, true);
    end if;
    if a.session_id is null then
        done := set_config('app.system', '', true);
        return null;
    end if;
    -- To view figures as well (viewer) shows a treasurer nobody else's people.
    if a.roles && array['treasurer', 'collector'] and a.roles <@ array['treasurer', 'collector', 'viewer'] then
        select coalesce(array_agg(distinct g.group_id), '{}') into a.groups from user_group g
         where g.user_id = a.id and g.valid_from <= today and (g.valid_to is null or g.valid_to >= today);
    end if;

    done := set_config('app.network', case when a.all_networks then '*' else a.network end, true);
    done := set_config('app.provinces', case when a.nationwide then '*' else a.provinces::text end, true);
    done := set_config('app.communes', a.communes::text, true);
    done := set_config('app.groups', case when a.groups is null then '*' else a.groups::text end, true);
    done := set_config('app.actor', a.id::text, true);
    done := set_config('app.organisation', a.organisation_id::text, true);
    done := set_config('app.system', '', true);
    return a;
end $$;

create or replace function begin_permitted(p_session uuid, p_roles text[], p_scopes text[]) returns actor_row
language plpgsql as $$
declare
    a actor_row := begin_actor(p_session);
begin
    if a.session_id is null then
        perform refuse('401', 'unauthenticated');
    end if;
    if not (a.roles && p_roles or a.scopes && p_scopes) then
        perform refuse('403', case when a.scopes && array(select 'sandbox:' || x from unnest(p_scopes) x)
                                   then 'sandbox_only' else 'forbidden' end);
    end if;
    return a;
end $$;

create function scope_limited() returns boolean language sql stable parallel safe
    as $$ select coalesce(current_setting('app.limited', true), '') = 'on' $$;

-- Rows that an organisation has wherever they lie, in a table that names the client who sent them: a client that is
-- limited to places has those of its places and its own.
create procedure limit_to_sender(target regclass, sender text default 'client_id') language plpgsql as $$
begin
    execute format($f$create policy of_limited_client on %s as restrictive to %I using (
        not (select scope_limited()) or %I = (select scope_actor())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]))$f$,
        target, current_setting('ansinh.app_role'), sender);
end $$;
call limit_to_sender('enrolment_batch');
call limit_to_sender('outbox_event');
call limit_to_sender('job', 'asked_by');

-- Before there is an actor: how much a partner system may ask for. No row for whatever is no client.
create function client_limits(p_client uuid) returns table (requests integer, rows integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.system', 'on', true);
    return query select k.requests_per_minute, k.rows_per_minute from api_client k where k.id = p_client;
    perform set_config('app.system', '', true);
end $$;
