-- The ids of a user's sessions, also of those that ended and are not yet removed: the audit names a session by a digest, and
-- its holder is told which one that was. Whoever has the id of one that holds can begin as its holder, so this asks for the
-- key of the processes.
create or replace function session_ids(p_key bytea, p_user uuid) returns setof uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select s.id from auth_session s where s.user_id = p_user;
    perform set_config('app.system', was, true);
end $$;

grant execute on function session_ids to :"app_role";
