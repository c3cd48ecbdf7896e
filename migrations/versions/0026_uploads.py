"""The line in which jobs take turns: their places, and when one makes room for another.

Revision ID: 0026
Revises: 0025
"""

from migrations.script import install, run

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# A new table or column is made before install() in upgrade, and dropped at the end of downgrade.


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0026_uploads/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists makes_room;
        drop routine if exists place_in_line;
    """)
