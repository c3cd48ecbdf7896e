"""What is held for enrolments that go no further is freed by whoever closes them.

Revision ID: 0038
Revises: 0037
"""

from migrations.script import install, run

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0038_release_premiums/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists release_premiums;
    """)
