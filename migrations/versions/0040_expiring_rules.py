"""Until when the basis of a value of the law is confirmed, and of which last day BHXH was reminded.

The rural poverty line of 1.5 million is extended to the end of 2026; its row said so in a note only.

Revision ID: 0040
Revises: 0039
"""

from migrations.script import install, run

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        alter table insurance_rule add column confirmed_to date, add column reminded_of date;
        set local app.system = 'on';
        update insurance_rule set confirmed_to = date '2026-12-31', version = version + 1
         where id = md5('insurance_rule rural_poverty_line 2022-01-01')::uuid;
        set local app.system = '';
    """)
    install("0040_expiring_rules/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists remind_expiring_rules;
    """)
    install("0040_expiring_rules/down")
    run("alter table insurance_rule drop column confirmed_to, drop column reminded_of")
