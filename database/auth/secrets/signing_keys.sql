-- The keys that sign access tokens and are not long retired; their private halves are sealed by the processes.
create or replace function signing_keys(p_key bytea) returns setof signing_key
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select * from signing_key k where k.retired_at is null or k.retired_at > now() - interval '1 day';
    perform set_config('app.system', was, true);
end $$;

grant execute on function signing_keys to :"app_role";
