"""Bulk writes: what rows share is checked once for each statement, and a number has one index.

Revision ID: 0020
Revises: 0019
"""

from pathlib import Path

from migrations.script import run

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run((Path(__file__).parent.parent / "sql" / "0020_bulk.sql").read_text(encoding="utf-8"))


BACK = """
drop function new_id();

create function open_member_account() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.group', new.group_id::text, true);  -- whoever joins again has an account: it must be seen
    insert into account (kind, network, province_code, commune_code, group_id, member_id, floor)
    values ('member', new.network, new.province_code, new.commune_code, new.group_id, new.member_id, 0)
    on conflict on constraint uq_account_owner do nothing;
    perform set_config('app.group', '', true);
    return null;
end $$;
drop trigger accounts_of_membership on membership;
create trigger accounts_of_membership after insert on membership
    for each row execute function open_member_account();
drop function open_member_accounts();

drop index uq_member_national_id, uq_member_social_insurance_no;
alter table member add constraint uq_member_national_id unique (network, national_id),
    add constraint uq_member_social_insurance_no unique (network, social_insurance_no);
create index ix_member_national_id on member (national_id, id) include (network, province_code, commune_code, created_by)
    where national_id is not null;
create index ix_member_social_insurance_no on member (social_insurance_no, id)
    include (network, province_code, commune_code, created_by) where social_insurance_no is not null;
create index ix_member_organisation on member (organisation_id);
create index ix_enrolment_organisation on enrolment (organisation_id);

drop trigger refs on member;
drop trigger refs_stay on member;
drop trigger refs on enrolment;
drop trigger refs_stay on enrolment;
drop trigger refs on outbox_event;
drop trigger refs_stay on outbox_event;
drop trigger refs on membership;
drop trigger refs_stay on membership;
drop function refs_of_member(), refs_of_enrolment(), refs_of_outbox_event(), refs_of_membership();
alter table membership add foreign key (network) references network;
alter table member add foreign key (network) references network, add foreign key (organisation_id) references organisation;
alter table enrolment add foreign key (network) references network,
    add foreign key (organisation_id) references organisation, add foreign key (client_id) references api_client,
    add foreign key (batch_id) references enrolment_batch;
alter table outbox_event add foreign key (network) references network,
    add foreign key (organisation_id) references organisation, add foreign key (client_id) references api_client;
"""


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(BACK)
    for table in ("network", "organisation", "api_client", "enrolment_batch"):
        run(
            f"drop trigger kept on {table}; drop trigger kept_truncate on {table}; drop trigger kept_key on {table};"
        )
    run("drop procedure keep_for_ever(regclass, text); drop procedure refer_in_sets(regclass, text[]);")
