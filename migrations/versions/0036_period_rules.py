"""Values of the law that bound a period: retirement ages, the first months of voluntary insurance, ages, cards paid ahead.

Revision ID: 0036
Revises: 0035
"""

from migrations.script import read, run

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(read("0036_period_rules/rows.sql"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        alter table insurance_rule disable trigger no_edit;
        delete from insurance_rule
         where key in ('retirement_age_months_male', 'retirement_age_months_female', 'bhyt_ahead_months_max')
            or key = 'bhxh_tn_rate' and valid_from < '2014-01-01'
            or key = 'bhxh_tn_age_min' and valid_from < '2025-07-01';
        alter table insurance_rule enable trigger no_edit;
    """)
