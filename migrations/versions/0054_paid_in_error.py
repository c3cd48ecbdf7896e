"""What was paid in error or twice is given back (QĐ 366/QĐ-BHXH, Article 2).

Revision ID: 0054
Revises: 0053
"""

from migrations.script import run

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

BEFORE = ("compulsory", "one_off", "died", "pension", "other_group", "missing", "left_country")


def allow(*reasons: str) -> None:
    """Let new refunds have these reasons; those that there are keep theirs."""
    values = ", ".join(f"'{reason}'" for reason in reasons)
    run(f"""
        alter table premium_refund drop constraint ck_premium_refund_reason;
        alter table premium_refund add constraint ck_premium_refund_reason check (reason in ({values})) not valid;
        do $$ begin
            if not exists (select from premium_refund where reason not in ({values})) then
                alter table premium_refund validate constraint ck_premium_refund_reason;
            end if;
        end $$;
    """)


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    allow(*BEFORE, "paid_in_error")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    allow(*BEFORE)
