-- Who a session is, and what its holder may see, in one round trip: nothing of it is taken from a token.
--
-- Every write and every read of a hot path begins here, so it has as few statements as can be; and a function that is
-- assigned runs without a statement, at a tenth of the cost of `perform`. What was kept when the session was started or
-- refreshed holds today, as long as nothing that decides it changed (`keep_scope`); else it is looked up (`find_actor`).
--
-- Anybody can set a setting, so the scope that is set here is sealed (`scope_seal`) with a key that the owner alone reads.
create or replace function begin_actor(p_session uuid) returns actor_row
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    begun record;
    a actor_row;
    done text := set_config('app.system', 'on', true);
begin
    select c.actor, c.scope, scope_seal(k.scope, c.scope) as seal into begun
      from owner_key k cross join auth_session s join session_scope c on c.session_id = s.id
      join scope_version v on v.organisation_id = c.organisation_id and v.version = c.version
     where s.id = p_session and s.revoked_at is null and s.expires_at > now() and c.day = local_today();
    if not found then
        select f.a as actor, f.scope, scope_seal(k.scope, f.scope) as seal into begun
          from owner_key k cross join find_actor(p_session) f;
    end if;
    a := begun.actor;
    if a.session_id is not null then
        done := set_config('app.scope', begun.scope, true);
        done := set_config('app.seal', begun.seal, true);
    end if;
    done := set_config('app.system', '', true);
    return a;
end $$;

grant execute on function begin_actor to :"app_role";
