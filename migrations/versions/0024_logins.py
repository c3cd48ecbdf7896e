"""Logins: second factors, sessions that know where they began, throttles that slow down strangers alone.

Revision ID: 0024
Revises: 0023
"""

from migrations.script import install, run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# `waived` is the default for the sessions of the release before, which knows no second factor: where one is demanded, they
# are asked for it at their next refresh.
TABLES = """
alter table auth_session
    add column second_factor text not null default 'waived'
        constraint ck_auth_session_second_factor check (second_factor in ('passed', 'missing', 'waived')),
    add column address_hash bytea,
    add column refreshed_at timestamptz;
drop index ix_auth_session_ended;
create index ix_auth_session_ended on auth_session (least(expires_at, revoked_at));
alter table login_throttle add column wait_until timestamptz;
create table second_factor (
    user_id uuid primary key references app_user (id),
    sealed_secret bytea not null,
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    last_step bigint
);
create table recovery_code (
    user_id uuid not null references app_user (id),
    code_hash bytea not null,
    primary key (user_id, code_hash)
);
"""
NO_TABLES = """
drop table recovery_code;
drop table second_factor;
alter table login_throttle drop column wait_until;
drop index ix_auth_session_ended;
create index ix_auth_session_ended on auth_session (least(expires_at, revoked_at)) where client_id is not null;
alter table auth_session drop column refreshed_at, drop column address_hash, drop column second_factor;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(TABLES)
    install("0024_logins/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        alter table recovery_code no force row level security, disable row level security;
        revoke all on recovery_code from :"app_role";
        alter table second_factor no force row level security, disable row level security;
        revoke all on second_factor from :"app_role";
        drop routine if exists admit_guess;
        drop routine if exists admit_login;
        drop routine if exists find_second_factor;
        drop routine if exists forgive_login;
        drop routine if exists prune_second_factors;
        drop routine if exists prune_throttles;
        drop routine if exists record_security_event;
        drop routine if exists remove_second_factor;
        drop routine if exists set_recovery_codes;
        drop routine if exists start_second_factor;
        drop routine if exists use_recovery_code;
        drop routine if exists use_second_factor;
    """)
    install("0024_logins/down")
    run(NO_TABLES)
