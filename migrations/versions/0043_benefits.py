"""Values of the law that benefit estimates count with, and what was paid for a member's voluntary social insurance.

Revision ID: 0043
Revises: 0042
"""

from migrations.script import install, read, run

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(read("0043_benefits/rows.sql"))
    install("0043_benefits/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists premiums_of;
        alter table insurance_rule disable trigger no_edit;
        delete from insurance_rule
         where key ^@ 'income_factor_'
            or key in (
             'allowance_factor', 'allowance_months_min', 'early_pension_age_months_female',
             'early_pension_age_months_male', 'early_pension_joined_before', 'early_pension_years',
             'funeral_months_needed', 'funeral_multiple', 'lump_sum_later_since', 'maternity_allowance',
             'maternity_months_needed', 'maternity_window_months', 'one_off_early_factor', 'one_off_factor',
             'one_off_short_cap', 'pension_base_share', 'pension_base_years_female', 'pension_base_years_male',
             'pension_bonus_factor', 'pension_bonus_late_factor', 'pension_bonus_years_female',
             'pension_bonus_years_male', 'pension_max_share', 'pension_short_share_male',
             'pension_short_step_male', 'pension_step', 'social_pension', 'social_pension_age',
             'social_pension_age_poor', 'survivor_early_factor', 'survivor_factor', 'survivor_full_months',
             'survivor_months_needed', 'survivor_pensions_first', 'survivor_pensions_least',
             'survivor_pensions_step');
        alter table insurance_rule enable trigger no_edit;
    """)
