"""One member and one enrolment, each read in one round trip.

Revision ID: 0022
Revises: 0021
"""

from pathlib import Path

from migrations.script import run

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run((Path(__file__).parent.parent / "sql" / "0022_details.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function enrolment_detail(uuid, text[], text[], uuid, text[], text[]);
        drop function reasons_of(jsonb);
        drop function member_detail(uuid, text[], text[], uuid);
        drop function short_time(timestamptz);
    """)
