"""Figures of a treasurer's own groups alone; a collector's targets hidden from other collectors.

Revision ID: 0048
Revises: 0047
"""

from migrations.script import install, run

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on target;
        drop policy if exists tenant_read on target;
        drop policy if exists system on target;
        alter table target no force row level security, disable row level security;
        revoke all on target from :"app_role";
    """)
    install("0048_limited_figures/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on target;
        drop policy if exists tenant_read on target;
        drop policy if exists system on target;
        alter table target no force row level security, disable row level security;
        revoke all on target from :"app_role";
    """)
    install("0048_limited_figures/down")
