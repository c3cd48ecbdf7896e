"""Every fact counts once in a summary: windows of places that leave no day out, and different people by grouping sets.

Revision ID: 0044
Revises: 0043
"""

from migrations.script import install, run

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists place_windows;
    """)
    install("0044_place_windows/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists hamlet_windows;
        drop routine if exists main_predecessor;
        drop routine if exists place_heir;
        drop routine if exists place_windows;
    """)
    install("0044_place_windows/down")
