create or replace procedure protect_with(target regclass, visible text, read_also text default null, to_owner boolean default false)
language plpgsql as $$
-- Row-level security for *target*: the tenant's rows, through `visible`, for the application's role. FORCE binds the
-- owner as well, whose functions get only what they are given: everything where they say so (app.system = 'on' while
-- they look up who acts), and the tenant's rows where `to_owner` is set.
declare
    whom constant text := case when to_owner then 'public' else quote_ident(current_setting('ansinh.app_role')) end;
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant on %s to %s using (%s) with check (%s)', target, whom, visible, visible);
    if read_also is not null then
        execute format('create policy tenant_read on %s for select to %s using (%s)', target, whom, read_also);
    end if;
    -- (Without a subselect: the owner's statements are short, and setting one up costs more than asking a few rows.)
    execute format($f$create policy system on %s to %I
        using (current_setting('app.system', true) = 'on')
        with check (current_setting('app.system', true) = 'on')$f$, target, current_user);
end $$;
