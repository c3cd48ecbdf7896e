"""Data protection officers, who saw whom, and emergency accesses.

Revision ID: 0029
Revises: 0028
"""

from migrations.script import install, run

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table read_audit (
            seq bigint generated always as identity primary key,
            at timestamptz not null default now(),
            act text not null constraint ck_read_audit_act
                check (act in ('record', 'revealed', 'exported', 'copied', 'searched', 'listed')),
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
            emergency_access_id uuid,
            constraint ck_read_audit_searched check ((act = 'searched') = (searched_by is not null)),
            constraint ck_read_audit_whom check (act = 'searched' or member_id is not null)
        );
        create index ix_read_audit_member on read_audit (member_id, seq) where member_id is not null;
        create index ix_read_audit_actor on read_audit (actor_id, seq);
        create index ix_read_audit_emergency on read_audit (emergency_access_id, seq)
            where emergency_access_id is not null;
        create index ix_read_audit_at on read_audit using brin (at);
        create table read_pending (
            at timestamptz not null default now(),
            actor_id uuid not null,
            actor_kind text,
            organisation_id uuid not null,
            member_id uuid,
            searched_for text,
            shown integer,
            member_ids uuid[]
        );
        create table emergency_access (
            id uuid not null primary key,
            network text not null constraint emergency_access_network_fkey references network,
            organisation_id uuid not null constraint emergency_access_organisation_id_fkey references organisation,
            place_code text not null,
            province_code text not null,
            commune_code text,
            provinces text[] not null,
            communes text[] not null,
            requested_by uuid not null constraint emergency_access_requested_by_fkey references app_user,
            reason_kind text not null constraint ck_emergency_access_reason_kind
                check (reason_kind in ('urgent_care', 'disaster', 'fraud_inquiry', 'authority_request', 'system_failure', 'other')),
            reason text not null constraint ck_emergency_access_reason check (nfc(reason)),
            minutes integer not null constraint ck_emergency_access_minutes check (minutes between 15 and 240),
            status text not null default 'requested' constraint ck_emergency_access_status
                check (status in ('requested', 'approved', 'refused', 'cancelled', 'ended')),
            decide_by timestamptz not null default now() + interval '1 day',
            decided_at timestamptz,
            decided_by uuid,
            decision_note text,
            starts_at timestamptz,
            ends_at timestamptz,
            ended_by uuid,
            review_by timestamptz,
            reviewed_at timestamptz,
            reviewed_by uuid,
            review_outcome text constraint ck_emergency_access_review_outcome
                check (review_outcome in ('justified', 'excessive', 'unjustified')),
            review_note text,
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            version integer not null default 1,
            constraint ck_emergency_access_decided check ((decided_by is not null) = (status not in ('requested', 'cancelled'))),
            constraint ck_emergency_access_two_people check (decided_by <> requested_by),
            constraint ck_emergency_access_time check ((starts_at is not null) = (status in ('approved', 'ended'))
                and (ends_at is not null) = (status in ('approved', 'ended')) and ends_at <= starts_at + interval '4 hours'),
            constraint ck_emergency_access_reviewed check ((reviewed_at is null) = (review_outcome is null)
                and (reviewed_at is null) = (reviewed_by is null) and reviewed_by not in (requested_by, decided_by))
        );
        create index ix_emergency_access_organisation on emergency_access (organisation_id, id);
        create index ix_emergency_access_province on emergency_access (province_code, id);
        create index ix_emergency_access_requester on emergency_access (requested_by);
        alter table auth_session add column emergency_access_id uuid
            constraint auth_session_emergency_access_id_fkey references emergency_access;
        create index ix_auth_session_emergency_access on auth_session (emergency_access_id)
            where emergency_access_id is not null;
        alter type actor_row add attribute emergency_access_id uuid;
    """)
    run("""
        drop routine if exists list_members;
        drop routine if exists member_detail;
    """)
    install("0029_data_protection/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant_read on emergency_access;
        drop policy if exists own_act on emergency_access;
        drop policy if exists step on emergency_access;
        drop policy if exists system on emergency_access;
        drop trigger if exists step on emergency_access;
        drop trigger if exists no_delete on emergency_access;
        drop trigger if exists append_only_truncate on emergency_access;
        alter table emergency_access no force row level security, disable row level security;
        revoke all on emergency_access from :"app_role";
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
        drop routine if exists announce_overdue_reviews;
        drop routine if exists begin_reading;
        drop routine if exists count_overdue_reviews;
        drop routine if exists emergency_actor;
        drop routine if exists emergency_step;
        drop routine if exists fold_reads;
        drop routine if exists keep_read_audit;
        drop routine if exists list_members;
        drop routine if exists member_detail;
        drop routine if exists note_emergency_reads;
        drop routine if exists note_search;
        drop routine if exists people_of_event;
        drop routine if exists prune_read_audit;
        drop routine if exists start_emergency_session;
    """)
    install("0029_data_protection/down")
    run("""
        alter type actor_row drop attribute emergency_access_id;
        alter table auth_session drop column emergency_access_id;
        drop table emergency_access;
        drop table read_audit;
        drop table read_pending;
    """)
