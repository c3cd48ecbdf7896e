"""Data protection officers, and the read audit: who saw whose record or searched for whom.

Revision ID: 0028
Revises: 0027
"""

from migrations.script import install, run

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table read_audit (
            seq bigint generated always as identity primary key,
            at timestamptz not null default now(),
            act text not null constraint ck_read_audit_act
                check (act in ('record', 'revealed', 'exported', 'copied', 'searched')),
            reason text,
            network text not null,
            province_code text,
            commune_code text,
            member_id uuid,
            actor_id uuid not null,
            actor_kind text not null,
            organisation_id uuid not null,
            searched_by text constraint ck_read_audit_searched_by
                check (searched_by in ('national_id', 'social_insurance_no', 'phone', 'name')),
            searched_for text,
            shown integer,
            constraint ck_read_audit_searched check ((act = 'searched') = (searched_by is not null)),
            constraint ck_read_audit_whom check (act = 'searched' or member_id is not null)
        );
        create index ix_read_audit_member on read_audit (member_id, seq) where member_id is not null;
        create index ix_read_audit_actor on read_audit (actor_id, seq);
        create index ix_read_audit_at on read_audit using brin (at);
        create table read_pending (
            at timestamptz not null default now(),
            actor_id uuid not null,
            organisation_id uuid not null,
            member_ids uuid[] not null,
            searched_for text,
            shown integer
        );
    """)
    install("0028_data_protection/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant_read on read_audit;
        drop policy if exists system on read_audit;
        drop policy if exists own_act on read_audit;
        drop policy if exists of_limited_client on read_audit;
        drop trigger if exists append_only on read_audit;
        drop trigger if exists append_only_truncate on read_audit;
        alter table read_audit no force row level security, disable row level security;
        revoke all on read_audit from :"app_role";
        alter table read_pending no force row level security, disable row level security;
        revoke all on read_pending from :"app_role";
        drop routine if exists begin_reading;
        drop routine if exists fold_reads;
        drop routine if exists keep_read_audit;
        drop routine if exists note_search;
        drop routine if exists prune_read_audit;
    """)
    install("0028_data_protection/down")
    run("""
        drop table read_audit;
        drop table read_pending;
    """)
