"""The list of members: its indexes and the function that answers a page in one round trip.

Revision ID: 0005
Revises: 0004
"""

from pathlib import Path

from migrations.script import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES = """
create index ix_member_created_by on member (created_by, id) where created_by is not null;
create index ix_member_network on member (network, id);
create index ix_member_phone on member (phone) where phone is not null;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(INDEXES)
    run((Path(__file__).parent.parent / "sql" / "0005_member_list.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function list_members(uuid, text[], text[], uuid, integer, uuid, member_filter);
        drop function member_page(actor_row, member_filter, uuid, uuid, integer);
        drop function members_of_few(actor_row, member_filter, uuid, uuid, integer);
        drop type member_item;
        drop function members_of_places(actor_row, member_filter, uuid, integer);
        drop function members_of_communes(text[], text[], member_filter, uuid, integer);
        drop function members_of_provinces(text[], text[], member_filter, uuid, integer);
        drop function member_streams(actor_row, member_filter);
        drop function member_fits(member, member_filter);
        drop type member_filter;
        drop function mask_phone(text), mask_id(text);
        drop index ix_member_phone, ix_member_network, ix_member_created_by;
    """)
