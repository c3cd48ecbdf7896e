"""Same person.

Revision ID: 0055
Revises: 0054
"""

from migrations.script import install, run

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

# A new table or column is made before install() in upgrade, and dropped at the end of downgrade.


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0055_same_person/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0055_same_person/down")
