-- Whose names are looked for in stored files: nobody but the owner's functions.
revoke all on trace_search from :"app_role";

alter table trace_search enable row level security;
alter table trace_search force row level security;

drop policy if exists system on trace_search;
create policy system on trace_search to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
