"""A number that somebody has whom the sender does not see is accepted as pending (docs/decisions/0016).

The release before goes on writing members as confirmed, and none of them twice: in an index in which nulls are equal, a
null claim keeps apart as the two columns did. Going down is refused while two members of a network have one number. The
indexes are built while nobody writes members: some seconds for each million.

Revision ID: 0028
Revises: 0027
"""

from migrations.script import install, run

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COLUMNS = """
alter table member
    add column number_claim uuid,
    add column number_status text not null default 'confirmed',
    add column number_to_check boolean not null default false,
    add column number_distinct_from text[] not null default '{}';
alter table member
    add constraint ck_member_number_status check (number_status in ('confirmed', 'pending', 'distinct')) not valid,
    add constraint ck_member_number_claim
        check ((number_status = 'confirmed') = (number_claim is null)) not valid;
alter table member validate constraint ck_member_number_status, validate constraint ck_member_number_claim;
create index ix_member_pending on member (id) where number_status = 'pending';
"""
NO_COLUMNS = """
alter table member drop column number_claim, drop column number_status, drop column number_to_check,
    drop column number_distinct_from;
"""


def build_unique_indexes(*, with_claim: bool) -> None:
    """Build the unique indexes of the two numbers. with_claim: who claims a number is a part of what is unique."""
    column, nulls = (", number_claim", "nulls not distinct") if with_claim else ("", "")
    for number in ("national_id", "social_insurance_no"):
        run(f"""
            drop index uq_member_{number};
            create unique index uq_member_{number} on member ({number}, network{column})
                include (id, province_code, commune_code, created_by) {nulls} where {number} is not null;
        """)


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists client_limits;
        drop routine if exists member_detail;
    """)
    run(COLUMNS)
    build_unique_indexes(with_claim=True)
    install("0028_oracle/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop routine if exists admit_sandbox_rows;
        drop routine if exists client_limits;
        drop routine if exists claim_numbers;
        drop routine if exists confirm_distinct;
        drop routine if exists confirm_numbers;
        drop routine if exists keep_distinct;
        drop routine if exists member_detail;
        drop routine if exists number_in_sight;
        drop routine if exists numbers_in_sight;
        drop routine if exists require_member_in_sight;
    """)
    install("0028_oracle/down")
    build_unique_indexes(with_claim=False)
    run(NO_COLUMNS)
