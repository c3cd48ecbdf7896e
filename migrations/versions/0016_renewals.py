"""Renewals: deadlines, what follows on a coverage, and reminders that are sent once.

Revision ID: 0016
Revises: 0015
"""

from pathlib import Path

from migrations.script import run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run((Path(__file__).parent.parent / "sql" / "0016_renewals.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function remind_renewals(date, integer);
        drop table renewal_reminder;
        drop function is_renewed(uuid);
        drop function renewal_latest(text, date);
        drop function renewal_deadline(text, text, date);
    """)
