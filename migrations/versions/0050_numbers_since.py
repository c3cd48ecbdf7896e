"""Since when a member has the present numbers: what BHXH accepted before was accepted for whom the old ones meant.

Revision ID: 0050
Revises: 0049
"""

from migrations.script import install, run

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on member;
        drop policy if exists system on member;
        drop trigger if exists refs on member;
        drop trigger if exists refs_stay on member;
        alter table member no force row level security, disable row level security;
        revoke all on member from :"app_role";
    """)
    run("alter table member add column numbers_since timestamptz")
    run(
        "create index ix_enrolment_decision_trial on enrolment_decision (dry_run_id) where dry_run_id is not null"
    )
    install("0050_numbers_since/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on member;
        drop policy if exists system on member;
        drop trigger if exists refs on member;
        drop trigger if exists refs_stay on member;
        drop trigger if exists date_numbers on member;
        alter table member no force row level security, disable row level security;
        revoke all on member from :"app_role";
        drop routine if exists date_numbers;
        drop routine if exists insured_person;
        drop index ix_enrolment_decision_trial;
    """)
    install("0050_numbers_since/down")
    run("alter table member drop column numbers_since")
