-- A user's second factor: its secret, sealed with a key that is not in the database, since when it counts (null until its
-- first code was shown), and how many recovery codes are left.
create or replace function find_second_factor(p_key bytea, p_user uuid)
returns table (sealed_secret bytea, confirmed_at timestamptz, codes_left bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query select f.sealed_secret, f.confirmed_at, (select count(*) from recovery_code c where c.user_id = f.user_id)
      from second_factor f where f.user_id = p_user;
    perform set_config('app.system', '', true);
end $$;

grant execute on function find_second_factor(bytea, uuid) to :"app_role";
