-- Removes a user's second factor with its recovery codes. Returns whether there was one that counted.
create or replace function remove_second_factor(p_user uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    counted boolean;
begin
    delete from recovery_code where user_id = p_user;
    delete from second_factor where user_id = p_user returning confirmed_at is not null into counted;
    return coalesce(counted, false);
end $$;
revoke execute on function remove_second_factor(uuid) from public;
grant execute on function remove_second_factor(uuid) to :"app_role";
