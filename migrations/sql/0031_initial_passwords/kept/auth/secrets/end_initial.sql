-- A password that the release before stores has no end, and the sessions of its user have none any more: that release does
-- not know of ends, and who chose a password of their own would be locked out at that of the one before.
create or replace function end_initial() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    new.initial_until := null;
    perform set_config('app.system', 'on', true);
    update auth_session s set initial_until = null
     where s.user_id = new.user_id and s.revoked_at is null and s.initial_until is not null;
    perform set_config('app.system', was, true);
    return new;
end $$;
