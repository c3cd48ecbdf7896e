revoke all on job_file from :"app_role";
grant select, insert, update, delete on job_file to :"app_role";

alter table job_file enable row level security;
alter table job_file force row level security;

drop policy if exists tenant on job_file;
create policy tenant on job_file to :"app_role"
    using (exists (select from job j where j.id = job_id))
    with check (exists (select from job j where j.id = job_id));

drop policy if exists system on job_file;
create policy system on job_file to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
