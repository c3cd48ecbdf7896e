"""Policies ask first whether a row is of the own network: whether one sees all networks is asked of nobody else.

Each asking looks at the seal of the scope (`scope_network`), once a statement and table. The policies let the same rows through.

Revision ID: 0033
Revises: 0032
"""

from migrations.script import install, run

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0033_policy_order/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0033_policy_order/down")
