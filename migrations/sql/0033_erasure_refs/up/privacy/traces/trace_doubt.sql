-- Where something is that may be of somebody who was erased, and stays until an officer has looked at it; and what could not
-- be searched. It says of nobody who they are: written and read by the owner's functions.
revoke all on trace_doubt from :"app_role";

alter table trace_doubt enable row level security;
alter table trace_doubt force row level security;

drop policy if exists system on trace_doubt;
create policy system on trace_doubt to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
