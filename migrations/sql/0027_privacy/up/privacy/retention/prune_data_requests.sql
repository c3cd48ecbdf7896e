-- The words of requests that ended long ago go: who asked for the person, what they wrote, what was answered. Kind, days and
-- outcome stay, as the proof that it was answered.
create or replace function prune_data_requests(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    pruned bigint;
begin
    perform set_config('app.system', 'on', true);
    with due as (
        select id from data_request
         where status not in ('received', 'accepted') and updated_at < least(p_before, now() - interval '1 year')
           and num_nonnulls(requester_name, details, answer) > 0
         limit p_limit for no key update skip locked
    ), emptied as (
        update data_request r set requester_name = null, details = null, answer = null from due
         where r.id = due.id returning 1
    )
    select count(*) into pruned from emptied;
    perform set_config('app.system', was, true);
    return pruned;
end $$;

grant execute on function prune_data_requests to :"app_role";
