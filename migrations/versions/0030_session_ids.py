"""No id of a session that holds where the application's role reads: the audit has its digest.

The release before goes on writing ids, so 0035 does it again, and takes the column of jobs away from the role.

Revision ID: 0030
Revises: 0029
"""

from migrations.script import install, read, run

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(read("0030_session_ids/digest_events.sql"))
    install("0030_session_ids/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("drop routine if exists session_ids;")  # a digest is no id again, and nobody needs it
