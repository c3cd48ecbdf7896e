"""What a session may see is kept when it is started or refreshed, and holds as long as nothing that decides it changed.

The release before asks the same functions; its sessions are looked up as they were, until their next refresh.

Revision ID: 0032
Revises: 0031
"""

from migrations.script import install, run

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table scope_version (
            organisation_id uuid primary key references organisation (id),
            version bigint not null default 1
        );
        create table session_scope (
            session_id uuid primary key references auth_session (id) on delete cascade,
            organisation_id uuid not null,
            version bigint not null,
            day date not null,
            actor actor_row not null,
            scope text not null
        );
    """)
    install("0032_session_scope/up")
    run("""
        create trigger forget_scope
            after update of user_id, client_id, device_id, scopes, second_factor, emergency_access_id, initial_until on auth_session
            for each row when ((old.user_id, old.client_id, old.device_id, old.scopes, old.second_factor, old.emergency_access_id,
                old.initial_until) is distinct from (new.user_id, new.client_id, new.device_id, new.scopes, new.second_factor,
                new.emergency_access_id, new.initial_until)) execute function forget_scope();
        create trigger outdate_scopes after update of user_id, revoked_at on device
            for each row when ((old.user_id, old.revoked_at) is distinct from
                (new.user_id, new.revoked_at)) execute function outdate_scopes();
        set local app.system = 'on';
        insert into scope_version (organisation_id) select id from organisation on conflict do nothing;
        set local app.system = '';
    """)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop trigger forget_scope on auth_session;
        drop trigger outdate_scopes on api_client;
        drop trigger outdate_scopes on app_user;
        drop trigger outdate_scopes on device;
        drop trigger outdate_scopes on network;
        drop trigger outdate_scopes on organisation;
        drop trigger outdate_scopes on organisation_place;
        drop trigger outdate_scopes on user_group;
        drop trigger begin_scope_version on organisation;
        drop routine begin_scope_version;
        drop routine forget_scope;
        drop routine keep_scope;
        drop routine outdate_scopes;
    """)
    install("0032_session_scope/down")
    run("""
        drop routine find_actor;
        drop table session_scope;
        drop table scope_version;
    """)
