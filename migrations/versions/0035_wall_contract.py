"""The second wall closed: what 0025 and 0031 kept for the release before goes, and the sessions of jobs are read no more.

Not before no process of that release runs (ANSINH_MIGRATE_TO=0034 until then).

Revision ID: 0035
Revises: 0034
"""

from migrations.script import install, read, require_table, run

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    require_table("trace_search")
    run("set local lock_timeout = '5s'")
    run("""
        alter table auth_session no force row level security, disable row level security;
        revoke all on auth_session from :"app_role";
        alter table client_secret no force row level security, disable row level security;
        revoke all on client_secret from :"app_role";
        alter table device no force row level security, disable row level security;
        revoke all on device from :"app_role";
        alter table login_throttle no force row level security, disable row level security;
        revoke all on login_throttle from :"app_role";
        alter table recovery_code no force row level security, disable row level security;
        revoke all on recovery_code from :"app_role";
        alter table refresh_token no force row level security, disable row level security;
        revoke all on refresh_token from :"app_role";
        alter table second_factor no force row level security, disable row level security;
        revoke all on second_factor from :"app_role";
        alter table signing_key no force row level security, disable row level security;
        revoke all on signing_key from :"app_role";
        alter table user_password no force row level security, disable row level security;
        revoke all on user_password from :"app_role";
        drop policy if exists tenant on webhook_secret;
        drop policy if exists system on webhook_secret;
        alter table webhook_secret no force row level security, disable row level security;
        revoke all on webhook_secret from :"app_role";
    """)
    run(read("0025_wall/drop_kept.sql"))
    run("""
        drop trigger if exists end_initial on user_password;
        drop routine if exists end_initial;
    """)
    run(read("0030_session_ids/digest_events.sql"))  # of what the release before wrote meanwhile
    install("0035_wall_contract/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists system on auth_session;
        alter table auth_session no force row level security, disable row level security;
        revoke all on auth_session from :"app_role";
        drop policy if exists tenant on client_secret;
        drop policy if exists system on client_secret;
        alter table client_secret no force row level security, disable row level security;
        revoke all on client_secret from :"app_role";
        drop policy if exists tenant on device;
        drop policy if exists system on device;
        alter table device no force row level security, disable row level security;
        revoke all on device from :"app_role";
        alter table login_throttle no force row level security, disable row level security;
        revoke all on login_throttle from :"app_role";
        drop policy if exists system on recovery_code;
        alter table recovery_code no force row level security, disable row level security;
        revoke all on recovery_code from :"app_role";
        drop policy if exists system on refresh_token;
        alter table refresh_token no force row level security, disable row level security;
        revoke all on refresh_token from :"app_role";
        drop policy if exists system on second_factor;
        alter table second_factor no force row level security, disable row level security;
        revoke all on second_factor from :"app_role";
        drop policy if exists system on signing_key;
        alter table signing_key no force row level security, disable row level security;
        revoke all on signing_key from :"app_role";
        drop policy if exists system on user_password;
        alter table user_password no force row level security, disable row level security;
        revoke all on user_password from :"app_role";
        drop policy if exists tenant on webhook_secret;
        drop policy if exists system on webhook_secret;
        alter table webhook_secret no force row level security, disable row level security;
        revoke all on webhook_secret from :"app_role";
    """)
    install("0035_wall_contract/down")
    install("0025_wall/kept")
    install("0031_initial_passwords/kept")
