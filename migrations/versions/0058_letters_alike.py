"""Letters that are drawn alike are one in what a search compares: Ð and Ɖ are Đ, every apostrophe is '.

Revision ID: 0058
Revises: 0057
"""

from migrations.script import run

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TABLES = ("member", "place", "savings_group", "savings_model", "trace_search")
ALIKE, PLAIN = "ðɖ‘’ʼʻ′´`＇", "dd" + "''" * 8
"""As they stand in a quoted text of SQL; what was stored is in lower case."""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("set local app.system = 'on'")
    for table in TABLES:
        run(f"""
            update {table} set search_name = translate(search_name, '{ALIKE}', '{PLAIN}')
             where search_name ~ '[{ALIKE}]';
        """)
    run("set local app.system = ''")


def downgrade() -> None:
    """What a search compares stays as it is: it is computed anew with the name."""
