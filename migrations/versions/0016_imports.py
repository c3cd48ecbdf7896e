"""Batches of any size: the job that takes one in, and rows that changed an enrolment.

Revision ID: 0016
Revises: 0017
"""

from migrations.script import run

revision = "0016"
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


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(BATCHES)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop index ix_enrolment_batch_job;
        alter table enrolment_batch drop column updated, drop column job_id;
        alter table job drop column errors;
    """)
