"""The summary's figures in one call.

Revision ID: 0009
Revises: 0008
"""

from pathlib import Path

from migrations.script import run

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run((Path(__file__).parent.parent / "sql" / "0009_stats.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function stats_cells(uuid, text[], text[], text[], text, date, date, date);
        drop function place_windows(text[], text, date);
    """)
