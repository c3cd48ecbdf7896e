"""Supports before.

Revision ID: 0039
Revises: 0038
"""

from migrations.script import install, run

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# A new table or column is made before install() in upgrade, and dropped at the end of downgrade.


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0039_supports_before/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists lock_insured;
        drop routine if exists same_person;
        drop routine if exists support_of;
        drop routine if exists supports_before;
    """)
