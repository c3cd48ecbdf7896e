"""From which day the books of a network begin in a province.

Revision ID: 0059
Revises: 0058
"""

from migrations.script import install, run

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table books_opening (
            network text not null references network (code),
            province_code text not null,
            commune_code text,
            begins_on date not null,
            set_by uuid,
            set_at timestamptz not null default now(),
            primary key (network, province_code)
        )
    """)
    install("0059_books_opening/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on books_opening;
        drop policy if exists system on books_opening;
        drop policy if exists writer on books_opening;
        alter table books_opening no force row level security, disable row level security;
        revoke all on books_opening from :"app_role";
        drop routine if exists units_on;
    """)
    install("0059_books_opening/down")
    run("drop table books_opening")
