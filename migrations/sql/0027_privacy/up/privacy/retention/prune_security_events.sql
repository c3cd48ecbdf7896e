-- Security events of logins, tokens and sessions go out of the audit when their time is over (a year ago at the latest);
-- what somebody did to a record stays with it. The trigger of the table (`keep_audit`) lets nothing else go.
create or replace function prune_security_events(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    pruned bigint;
begin
    perform set_config('app.system', 'on', true);
    with due as (
        select id from audit_event
         where subject_kind in ('login', 'client_login', 'token', 'session', 'refresh') and at < least(p_before, now() - interval '1 year')
         order by at limit p_limit for update skip locked
    ), gone as (
        delete from audit_event e using due where e.id = due.id returning 1
    )
    select count(*) into pruned from gone;
    perform set_config('app.system', was, true);
    return pruned;
end $$;

grant execute on function prune_security_events to :"app_role";
