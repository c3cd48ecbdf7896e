-- With which session a job works is written by who starts it, and read and changed by nobody: whoever has the id of a session
-- that holds can begin as its holder. A worker asks `session_of_job` for it, with the key of the processes.
revoke all on job from :"app_role";
grant select (id, network, organisation_id, province_code, commune_code, kind, status, rows_done, rows_total, counts, params,
    checkpoint, error, errors, file_name, file_type, file_size, asked_by, taken, created_at, started_at, touched_at, finished_at,
    cancel_asked_at, files_removed_at) on job to :"app_role";
grant insert on job to :"app_role";
grant update (status, rows_done, rows_total, counts, checkpoint, error, errors, file_name, file_type, file_size, taken,
    started_at, touched_at, finished_at, cancel_asked_at) on job to :"app_role";

alter table job enable row level security;
alter table job force row level security;

drop policy if exists tenant on job;
create policy tenant on job to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and organisation_id = (select scope_organisation())
        and ((select scope_all_groups())
            or asked_by = (select scope_actor())))
    with check (((select scope_network()) in (network, '*'))
        and organisation_id = (select scope_organisation())
        and ((select scope_all_groups())
            or asked_by = (select scope_actor())));

drop policy if exists system on job;
create policy system on job to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Rows that an organisation has wherever they lie: a client that is limited to places has those of its places and its own.
drop policy if exists of_limited_client on job;
create policy of_limited_client on job as restrictive to :"app_role"
    using (not (select scope_limited())
        or asked_by = (select scope_actor())
        or province_code = any ((select scope_provinces())::text[])
        or commune_code = any ((select scope_communes())::text[]));
