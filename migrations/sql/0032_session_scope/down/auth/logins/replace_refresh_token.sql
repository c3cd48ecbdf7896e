-- A refresh token is used: its successor comes, the session lives on, and what ran out of its tokens goes.
--
-- p_factor: what the server says now of a session in which no second factor was shown.
create or replace function replace_refresh_token(p_key bytea, p_token bytea, p_successor bytea, p_factor text,
    p_at timestamptz, p_expires timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    family uuid;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update refresh_token t set used_at = p_at where t.token_hash = p_token returning t.session_id into family;
    update auth_session s set expires_at = p_expires, refreshed_at = p_at,
           second_factor = case when s.second_factor = 'passed' then 'passed' else p_factor end
     where s.id = family;
    delete from refresh_token t where t.session_id = family and t.expires_at < p_at;
    insert into refresh_token (token_hash, session_id, parent_hash, expires_at)
    values (p_successor, family, p_token, p_expires);
    perform set_config('app.system', '', true);
end $$;

grant execute on function replace_refresh_token to :"app_role";
