-- A user's second factor: its secret, sealed with a key that is not in the database, since when it counts (null until its
-- first code was shown), and how many recovery codes are left.
create or replace function find_second_factor(p_user uuid)
returns table (sealed_secret bytea, confirmed_at timestamptz, codes_left bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select f.sealed_secret, f.confirmed_at, (select count(*) from recovery_code c where c.user_id = f.user_id)
      from second_factor f where f.user_id = p_user
$$;
revoke execute on function find_second_factor(uuid) from public;
grant execute on function find_second_factor(uuid) to :"app_role";
