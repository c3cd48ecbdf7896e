"""Policies ask first whether a row is of the own network: whether one sees all networks is asked of nobody else.

Each asking looks at the seal of the scope (`scope_network`), once a statement and table. The policies let the same rows through.

Revision ID: 0034
Revises: 0033
"""

from migrations.script import install, require_table, run

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    require_table("trace_search")
    run("set local lock_timeout = '5s'")
    install("0034_policy_order/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0034_policy_order/down")
