"""Premium payments, coverage, refunds and instalments, and the ledger's kinds of entry that they need.

Revision ID: 0012
Revises: 0011
"""

from pathlib import Path

from migrations.script import run

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    for script in ("0012_premium_tables.sql", "0012_premium_ledger.sql"):
        run((Path(__file__).parent.parent / "sql" / script).read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create or replace trigger stats_follow after insert on ledger_txn for each row
            when (new.sheet_id is null
                  and new.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal', 'hold_posted'))
            execute function ledger_stats_follow();
        drop function record_premium_refund(uuid, text[], text[], text, bytea, uuid, uuid, uuid, text, bigint, date, text);
        drop function record_repayment(uuid, text[], text[], text, bytea, uuid, uuid, uuid, uuid, text, bigint, date, text);
        drop function premium_entry(actor_row, entry_group, text, bytea, uuid, uuid, text, text, bigint, bigint, date, text);
        drop function household_orders(uuid, uuid, integer);
        drop function coverage_of(uuid);
        drop table premium_repayment, premium_advance, premium_refund, coverage, premium_source, premium_payment;
        drop function refuse_other_change();
    """)
