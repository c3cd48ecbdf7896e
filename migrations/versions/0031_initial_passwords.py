"""A password that somebody else set opens its own change alone, for some days; ending another session wants a fresh proof.

Who has a password keeps it as their own. The release before knows no initial passwords: what it sets is nobody's but the
holder's (`kept` ends what was initial; 0034 takes that away), and it opens what this one would not, until none of its
processes runs.

Revision ID: 0031
Revises: 0030
"""

from migrations.script import install, run

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        alter table user_password add column initial_until timestamptz;
        alter table auth_session add column initial_until timestamptz, add column proven_at timestamptz;
        drop routine if exists find_login(bytea, text);
        drop routine if exists store_password(bytea, uuid, text);
    """)
    install("0031_initial_passwords/up")
    install("0031_initial_passwords/kept")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        set local app.system = 'on';
        update auth_session set revoked_at = now(), revoked_why = 'initial password' where initial_until is not null
           and revoked_at is null;
        set local app.system = '';
        drop trigger if exists end_initial on user_password;
        drop routine if exists end_initial;
        drop routine if exists find_login(bytea, text);
        drop routine if exists note_proof;
        drop routine if exists rehash_password;
        drop routine if exists store_password;
    """)
    install("0031_initial_passwords/down")
    run("""
        alter table user_password drop column initial_until;
        alter table auth_session drop column initial_until, drop column proven_at;
    """)
