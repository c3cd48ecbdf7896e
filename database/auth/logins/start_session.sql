-- A session of a user or of a partner system, with its first refresh token if it has one. Whoever may call this can become
-- anybody, so it asks for the key of the processes, which check a password first.
--
-- p_factor: what it says of a second factor; p_origin: the keyed address where it began, if it began at one. While the user
-- has a password that somebody else set, it is good for changing that one alone (`begin_actor`).
create or replace function start_session(p_key bytea, p_id uuid, p_user uuid, p_client uuid, p_device uuid, p_scopes text[],
    p_factor text, p_origin bytea, p_expires timestamptz, p_token bytea) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    given_until timestamptz;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    -- Whoever sets the password meanwhile waits, and then ends this session as well; or was first, and it is so limited.
    select p.initial_until into given_until from user_password p where p.user_id = p_user for share;
    insert into auth_session (id, user_id, client_id, device_id, scopes, second_factor, address_hash, expires_at,
                              initial_until)
    values (p_id, p_user, p_client, p_device, p_scopes, p_factor, p_origin, p_expires,
            given_until);
    if p_token is not null then
        insert into refresh_token (token_hash, session_id, expires_at) values (p_token, p_id, p_expires);
    end if;
    perform keep_scope(p_id);
    perform set_config('app.system', '', true);
end $$;

grant execute on function start_session to :"app_role";
