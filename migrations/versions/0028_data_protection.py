"""Data protection officers.

Revision ID: 0028
Revises: 0027
"""

from migrations.script import install, run

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# A new table or column is made before install() in upgrade, and dropped at the end of downgrade.


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0028_data_protection/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0028_data_protection/down")
