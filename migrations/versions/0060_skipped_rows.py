"""What of a file is none of the table is told with its batch.

Revision ID: 0060
Revises: 0059
"""

from migrations.script import run

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TABLES = ("enrolment_batch", "contribution_batch")


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    for table in TABLES:
        run(f"""
            alter table {table} add column skipped integer not null default 0,
                                add column skipped_rows jsonb not null default '[]';
        """)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    for table in TABLES:
        run(f"alter table {table} drop column skipped, drop column skipped_rows")
