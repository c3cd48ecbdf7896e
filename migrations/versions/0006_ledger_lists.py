"""Lists and passbooks of the ledger, and the two indexes that lists of meetings walk.

Revision ID: 0006
Revises: 0005
"""

from pathlib import Path

from migrations.script import run

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("create index ix_ledger_txn_sheet on ledger_txn (group_id, seq) where kind = 'sheet'")
    run("create index ix_ledger_txn_sheet_province on ledger_txn (province_code, seq) where kind = 'sheet'")
    run((Path(__file__).parent.parent / "sql" / "0006_ledger_lists.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function passbook(uuid, text[], text[], uuid, uuid, text, jsonb, integer);
        drop function meeting_detail(uuid, text[], text[], uuid);
        drop function list_meetings(uuid, text[], text[], uuid, text, boolean, date, date, bigint, integer);
        drop function meeting_head(ledger_txn);
        drop function contribution_detail(uuid, text[], text[], uuid);
        drop function list_contributions(uuid, text[], text[], uuid, text, uuid, text, text, date, date, uuid, bigint,
            integer);
        drop function scope_walks(actor_row, uuid, text, boolean);
        drop function seq_before(text, date);
        drop function txn_wanted(ledger_txn, text, text, date, date);
        drop index ix_ledger_txn_sheet_province, ix_ledger_txn_sheet;
    """)
