-- Whether a refresh token exists and was never used.
create or replace function is_unused_token(p_key bytea, p_token bytea) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    result boolean;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    result := exists (select from refresh_token t where t.token_hash = p_token and t.used_at is null);
    perform set_config('app.system', '', true);
    return result;
end $$;

grant execute on function is_unused_token to :"app_role";
