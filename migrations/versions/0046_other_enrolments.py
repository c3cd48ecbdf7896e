"""Other enrolments.

Revision ID: 0046
Revises: 0045
"""

from migrations.script import install, run

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# A new table or column is made before install() in upgrade, and dropped at the end of downgrade.


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0046_other_enrolments/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists other_enrolments;
    """)
