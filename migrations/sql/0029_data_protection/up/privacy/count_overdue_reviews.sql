-- How many emergency accesses have a review that is overdue, in all places: a number for the operator.
create or replace function count_overdue_reviews(p_key bytea) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    overdue bigint;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    select count(*) into overdue from emergency_access where reviewed_at is null and review_by <= now();
    perform set_config('app.system', was, true);
    return overdue;
end $$;

grant execute on function count_overdue_reviews to :"app_role";
