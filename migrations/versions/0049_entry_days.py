"""Entries are dated within the life of the group and of the membership.

Revision ID: 0049
Revises: 0048
"""

from migrations.script import install, run

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("alter type entry_group add attribute started_on date")
    install("0049_entry_days/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists check_joined;
    """)
    install("0049_entry_days/down")
    run("alter type entry_group drop attribute started_on")
