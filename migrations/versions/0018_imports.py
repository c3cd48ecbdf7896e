"""Batches of any size: the job that takes one in, and rows that changed an enrolment.

Revision ID: 0018
Revises: 0017
"""

from migrations.script import run

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# rows: as counted when the batch came, until its job has read them all; a file without any is refused by the job.
BATCHES = """
alter table enrolment_batch
    add column job_id uuid references job,
    add column updated integer not null default 0;
create index ix_enrolment_batch_job on enrolment_batch (job_id) where job_id is not null;
-- What a job failed by, more exactly than by its code: pointer, code and words in both languages of each fault.
alter table job add column errors jsonb not null default '[]';
"""

# A batch of contributions, as `enrolment_batch` is one of enrolments. It names the money of several groups: those who work
# for some groups only see what they sent themselves.
CONTRIBUTIONS = """
create table contribution_batch (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    job_id uuid references job,
    client_key text not null,
    request_hash bytea not null,
    mode text not null constraint ck_contribution_batch_mode check (mode in ('validate', 'partial', 'atomic')),
    rows integer not null constraint ck_contribution_batch_rows check (rows > 0),
    recorded integer not null default 0,
    unchanged integer not null default 0,
    rejected integer not null default 0,
    items jsonb not null default '[]',
    sent_by uuid not null,
    sent_at timestamptz not null default now(),
    constraint uq_contribution_batch_key unique (organisation_id, client_key)
);
create index ix_contribution_batch_job on contribution_batch (job_id) where job_id is not null;
call protect_with('contribution_batch', '((select scope_network()) in (''*'', network))'
    ' and organisation_id = (select scope_organisation())'
    ' and ((select scope_all_groups()) or sent_by = (select scope_actor()))');
call limit_to_sender('contribution_batch', 'sent_by');
call grant_app('contribution_batch', 'select, insert, update');
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(BATCHES)
    run(CONTRIBUTIONS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop table contribution_batch;
        drop index ix_enrolment_batch_job;
        alter table enrolment_batch drop column updated, drop column job_id;
        alter table job drop column errors;
    """)
