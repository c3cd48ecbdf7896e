"""Long work: jobs with their progress and files, and the queue that workers take them from.

Revision ID: 0013
Revises: 0012
"""

from pathlib import Path

from migrations.script import run

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The queue stands in a schema of its own (made by `prepare`): it holds ids only, and nobody but workers looks there.
# Its functions find their tables whoever calls them.
QUEUE_RIGHTS = """
do $do$
declare
    f regprocedure;
begin
    for f in select oid::regprocedure from pg_proc where pronamespace = 'queue'::regnamespace and prokind = 'f' loop
        execute format('alter function %s set search_path = queue, pg_temp', f);
    end loop;
    execute format('grant usage on schema queue to %I', current_setting('ansinh.app_role'));
    execute format('grant usage on all sequences in schema queue to %I', current_setting('ansinh.app_role'));
end $do$;
call grant_app('queue.procrastinate_jobs', 'select, insert, update, delete');
call grant_app('queue.procrastinate_workers', 'select, insert, update, delete');
call grant_app('queue.procrastinate_events', 'select, insert');
call grant_app('queue.procrastinate_periodic_defers', 'select, insert, update, delete');
"""

# A job is its organisation's; who works for some groups only sees what they asked for themselves. `taken` counts the
# workers that took it up: what an earlier one still does is refused.
JOBS = """
create table job (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    kind text not null,
    status text not null constraint ck_job_status
        check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    rows_done bigint not null default 0,
    rows_total bigint,
    counts jsonb not null default '{}',
    params jsonb not null default '{}',
    checkpoint jsonb not null default '{}',
    error text,
    file_name text,
    file_type text,
    file_size bigint,
    session_id uuid not null,
    asked_by uuid not null,
    taken integer not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    touched_at timestamptz not null default now(),
    finished_at timestamptz,
    cancel_asked_at timestamptz,
    constraint ck_job_rows check (rows_done >= 0 and (rows_total is null or rows_done <= rows_total)),
    constraint ck_job_file check (num_nulls(file_name, file_type, file_size) in (0, 3)),
    constraint ck_job_file_name check (nfc(file_name)),
    constraint ck_job_finished check ((finished_at is null) = (status in ('queued', 'running')))
);
create index ix_job_organisation on job (organisation_id, id);
create index ix_job_unfinished on job (touched_at) where status in ('queued', 'running');
call protect_with('job', '((select scope_network()) in (''*'', network))'
    ' and organisation_id = (select scope_organisation())'
    ' and ((select scope_all_groups()) or asked_by = (select scope_actor()))');
call grant_app('job', 'select, insert, update');

-- What a job reads and what it made, in parts that any process can write and any can serve.
create table job_file (
    job_id uuid not null references job,
    name text not null,
    part integer not null constraint ck_job_file_part check (part >= 0),
    content bytea not null,
    primary key (job_id, name, part),
    constraint ck_job_file_name check (nfc(name))
);
alter table job_file alter column content set storage external;
call protect_with('job_file', 'exists (select from job j where j.id = job_id)');
call grant_app('job_file', 'select, insert, update, delete');

-- The end of a job whose asker may do nothing any more: nobody could begin as them to write it down.
create function end_job(p_job uuid, p_error text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.system', 'on', true);
    update job set status = 'failed', error = p_error, finished_at = now()
     where id = p_job and status in ('queued', 'running');
    perform set_config('app.system', '', true);
end $$;

-- Jobs that fell out of the queue (a worker that had been taken for dead took the task away at its end) go back into it.
create function requeue_jobs(p_silent double precision) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    again bigint;
begin
    perform set_config('app.system', 'on', true);
    with lost as (
        select j.id, j.session_id from job j
         where j.status in ('queued', 'running') and j.touched_at < now() - make_interval(secs => p_silent)
           and not exists (select from queue.procrastinate_jobs q where q.args ->> 'job_id' = j.id::text)
           for update skip locked
    ), touched as (
        update job j set touched_at = now() from lost where j.id = lost.id returning j.id, j.session_id
    ), deferred as (
        select queue.procrastinate_defer_jobs_v1(array[row('jobs', 'run_job', 0, null, null,
               jsonb_build_object('job_id', id, 'session_id', session_id), null)::queue.procrastinate_job_to_defer_v1])
          from touched
    )
    select count(*) into again from deferred;
    perform set_config('app.system', '', true);
    return again;
end $$;
"""

WITHOUT_QUEUE = """
drop table queue.procrastinate_events, queue.procrastinate_periodic_defers, queue.procrastinate_jobs,
    queue.procrastinate_workers cascade;
do $do$
declare
    f regprocedure;
begin
    for f in select oid::regprocedure from pg_proc where pronamespace = 'queue'::regnamespace loop
        execute format('drop function %s', f);
    end loop;
    execute format('revoke usage on schema queue from %I', current_setting('ansinh.app_role'));
end $do$;
drop type queue.procrastinate_job_to_defer_v1, queue.procrastinate_job_status, queue.procrastinate_job_event_type;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("set local search_path to queue, pg_temp")
    run((Path(__file__).parent.parent / "sql" / "0013_procrastinate.sql").read_text(encoding="utf-8"))
    run("set local search_path to default")
    run(QUEUE_RIGHTS)
    run(JOBS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function requeue_jobs(double precision), end_job(uuid, text);
        drop table job_file, job;
    """)
    run(WITHOUT_QUEUE)
