"""Decisions on many enrolments at once, each kept under its Idempotency-Key with what became of each row.

Revision ID: 0042
Revises: 0041
"""

from migrations.script import install, run

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table enrolment_decision (
            id uuid not null constraint enrolment_decision_pkey primary key,
            network text not null constraint enrolment_decision_network_fkey references network,
            organisation_id uuid not null constraint enrolment_decision_organisation_id_fkey references organisation,
            province_code text,
            commune_code text,
            job_id uuid constraint enrolment_decision_job_id_fkey references job,
            client_key text not null,
            request_hash bytea not null,
            action text not null constraint ck_enrolment_decision_action
                check (action in ('accept', 'return', 'reject')),
            dry_run boolean not null,
            dry_run_id uuid constraint enrolment_decision_dry_run_id_fkey references enrolment_decision,
            reasons jsonb not null default '[]',
            enrolment_ids uuid[] not null default '{}',
            versions integer[] not null default '{}',
            rows integer not null default 0,
            done integer not null default 0,
            refused integer not null default 0,
            items jsonb not null default '[]',
            decided_by uuid not null,
            decided_at timestamptz not null default now(),
            constraint uq_enrolment_decision_key unique (organisation_id, client_key)
        );
        create index ix_enrolment_decision_job on enrolment_decision (job_id) where job_id is not null;
    """)
    install("0042_enrolment_decision/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on enrolment_decision;
        drop policy if exists system on enrolment_decision;
        drop trigger if exists kept on enrolment_decision;
        drop trigger if exists kept_truncate on enrolment_decision;
        alter table enrolment_decision no force row level security, disable row level security;
        revoke all on enrolment_decision from :"app_role";
    """)
    run("drop table enrolment_decision")
