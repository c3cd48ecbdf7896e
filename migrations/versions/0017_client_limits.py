"""Limits of partner systems: places, requests and rows a minute, and the sandbox.

Revision ID: 0017
Revises: 0016
"""

from pathlib import Path

from migrations.script import run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"

# Null means: no limit of places, and the server's own number of requests and rows.
COLUMNS = """
alter table api_client
    add column sandbox boolean not null default false,
    add column place_codes text[] constraint ck_api_client_place_codes check (cardinality(place_codes) > 0),
    add column within_provinces text[],
    add column within_communes text[],
    add column within_commune_provinces text[],
    add column requests_per_minute integer
        constraint ck_api_client_requests_per_minute check (requests_per_minute > 0),
    add column rows_per_minute integer constraint ck_api_client_rows_per_minute check (rows_per_minute > 0);
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(COLUMNS)
    run((_SQL / "0017_client_limits.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run((_SQL / "0017_before.sql").read_text(encoding="utf-8"))
    run("""
        drop function client_limits(uuid);
        drop policy of_limited_client on job;
        drop policy of_limited_client on outbox_event;
        drop policy of_limited_client on enrolment_batch;
        drop procedure limit_to_sender(regclass, text);
        drop function scope_limited(), shared_provinces(text[], text[]),
            shared_communes(text[], text[], text[], text[], text[]);
        drop trigger places_of_client on api_client;
        drop function expand_client_places();
        alter table api_client
            drop column sandbox, drop column place_codes, drop column within_provinces, drop column within_communes,
            drop column within_commune_provinces, drop column requests_per_minute, drop column rows_per_minute;
    """)
