-- A user's password from now on, as a hash. p_initial_until: until when it opens anything, if somebody else set it; then it
-- opens its own change alone, and the sessions that hold say so. Null for one that its holder chose, which frees them.
create or replace function store_password(p_key bytea, p_user uuid, p_hash text, p_initial_until timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into user_password as p (user_id, password_hash, initial_until) values (p_user, p_hash, p_initial_until)
        on conflict (user_id) do update set password_hash = excluded.password_hash, changed_at = now(),
                                            initial_until = excluded.initial_until;
    update auth_session s set initial_until = p_initial_until
     where s.user_id = p_user and s.revoked_at is null and s.initial_until is distinct from p_initial_until;
    perform set_config('app.system', '', true);
end $$;

grant execute on function store_password(bytea, uuid, text, timestamptz) to :"app_role";
