"""People of one name, commune and birth date, found in one walk of an index; it takes the place of the one by name.

Revision ID: 0019
Revises: 0018
"""

from migrations.script import run

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# It holds all that row-level security and the comparison of two people ask for, so that no row of the table is read.
NAMESAKES = """
create index ix_member_namesakes on member (commune_code, search_name, birth_date, id)
    include (network, province_code, created_by, national_id, social_insurance_no);
drop index ix_member_search;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(NAMESAKES)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("create index ix_member_search on member (commune_code, search_name); drop index ix_member_namesakes")
