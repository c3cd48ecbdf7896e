"""The months of social insurance that somebody paid before and elsewhere, as an enrolment declares them.

Revision ID: 0045
Revises: 0044
"""

from migrations.script import install, run

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        alter table enrolment add column months_paid_before integer not null default 0,
            add constraint ck_enrolment_months_paid_before check (months_paid_before between 0 and 1200);
    """)
    install("0045_months_paid_before/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    install("0045_months_paid_before/down")
    run("alter table enrolment drop column months_paid_before")
