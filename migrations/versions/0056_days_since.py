"""What is taken on an earlier day was there then.

Revision ID: 0056
Revises: 0055
"""

from migrations.script import install, run

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0056_days_since/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists check_days_since;
        drop routine if exists check_sheet_since;
        drop routine if exists lowest_balances;
    """)
    install("0056_days_since/down")
