-- Who saw whom goes when its time is over (a year ago at the latest); the trigger of the table (`keep_read_audit`) lets
-- nothing else go.
create or replace function prune_read_audit(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    pruned bigint;
begin
    perform set_config('app.system', 'on', true);
    with due as (
        select seq from read_audit where at < least(p_before, now() - interval '1 year')
         limit p_limit for update skip locked
    ), gone as (
        delete from read_audit r using due where r.seq = due.seq returning 1
    )
    select count(*) into pruned from gone;
    perform set_config('app.system', was, true);
    return pruned;
end $$;

grant execute on function prune_read_audit to :"app_role";
