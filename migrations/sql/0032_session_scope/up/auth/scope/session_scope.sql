-- Nobody but the owner's functions: whoever could write it would be whom they like.
revoke all on session_scope from :"app_role";

alter table session_scope enable row level security;
alter table session_scope force row level security;

drop policy if exists system on session_scope;
create policy system on session_scope to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
