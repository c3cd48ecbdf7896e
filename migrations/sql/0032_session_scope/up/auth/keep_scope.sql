-- Keeps who the holder of a session is and what they may see, so that its requests need not look it up. It holds for today, and
-- for the version that its organisation had before it was looked up: a change beside this one has made a newer version.
--
-- Not kept: a session that lasts minutes (an emergency access), or one that changes its password and nothing else.
create or replace function keep_scope(p_session uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    insert into session_scope (session_id, organisation_id, version, day, actor, scope)
    select s.id, v.organisation_id, v.version, local_today(), f.a, f.scope
      from auth_session s left join app_user u on u.id = s.user_id left join api_client k on k.id = s.client_id
      join scope_version v on v.organisation_id = coalesce(u.organisation_id, k.organisation_id)
      cross join lateral find_actor(s.id) f
     where s.id = p_session and s.emergency_access_id is null and s.initial_until is null
       and (f.a).organisation_id = v.organisation_id
        on conflict (session_id) do update set organisation_id = excluded.organisation_id, version = excluded.version,
           day = excluded.day, actor = excluded.actor, scope = excluded.scope;
    perform set_config('app.system', was, true);
end $$;
