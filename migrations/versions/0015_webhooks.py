"""Webhooks: endpoints of partners, their secrets, what is delivered to them and every attempt at it.

Revision ID: 0015
Revises: 0014
"""

from pathlib import Path

from migrations.script import run

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run((Path(__file__).parent.parent / "sql" / "0015_webhooks.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function finish_delivery(uuid, bigint, uuid, timestamptz, integer, integer, text, text, text, timestamptz,
            boolean, interval, uuid);
        drop function lease_deliveries(timestamptz, timestamptz, integer, integer, boolean);
        drop function fan_out_events(timestamptz, integer);
        drop function line_up_deliveries(uuid, uuid[], timestamptz);
        drop function webhook_audience(bigint[], uuid);
        drop table webhook_attempt, webhook_delivery, webhook_secret, webhook;
        drop trigger pending on outbox_event;
        drop function note_outbox();
        drop table outbox_pending;
    """)
