"""The end of a value of the law waits for a second person; targets of a group are its treasurer's to see.

Revision ID: 0053
Revises: 0050
"""

from migrations.script import install, run

revision = "0053"
down_revision = "0050"
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
        drop policy if exists tenant on target_version;
        drop policy if exists tenant_read on target_version;
        drop policy if exists system on target_version;
        drop trigger if exists append_only on target_version;
        drop trigger if exists append_only_truncate on target_version;
        alter table target_version no force row level security, disable row level security;
        revoke all on target_version from :"app_role";
    """)
    run("""
        alter table insurance_rule add column end_proposed_to date, add column end_proposed_by uuid,
            add column end_proposed_at timestamptz, add column end_confirmed_by uuid, add column end_confirmed_at timestamptz,
            add constraint ck_insurance_rule_end_proposed
                check (num_nulls(end_proposed_to, end_proposed_by, end_proposed_at) in (0, 3));
    """)
    install("0053_rights/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on target;
        drop policy if exists tenant_read on target;
        drop policy if exists system on target;
        alter table target no force row level security, disable row level security;
        revoke all on target from :"app_role";
        drop policy if exists tenant on target_version;
        drop policy if exists tenant_read on target_version;
        drop policy if exists system on target_version;
        drop trigger if exists append_only on target_version;
        drop trigger if exists append_only_truncate on target_version;
        alter table target_version no force row level security, disable row level security;
        revoke all on target_version from :"app_role";
    """)
    install("0053_rights/down")
    run("""
        alter table insurance_rule drop constraint ck_insurance_rule_end_proposed, drop column end_proposed_to,
            drop column end_proposed_by, drop column end_proposed_at, drop column end_confirmed_by, drop column end_confirmed_at;
    """)
