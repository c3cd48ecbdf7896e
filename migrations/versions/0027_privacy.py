"""Rights of data subjects: their requests, erasure, a copy, and how long things are kept.

Revision ID: 0027
Revises: 0026
"""

from migrations.script import install, run

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table data_request (
            id uuid not null primary key default new_id(),
            network text not null constraint data_request_network_fkey references network,
            organisation_id uuid not null constraint data_request_organisation_id_fkey references organisation,
            province_code text not null,
            commune_code text not null,
            member_id uuid not null constraint data_request_member_id_fkey references member,
            kind text not null constraint ck_data_request_kind
                check (kind in ('access', 'copy', 'correction', 'objection', 'deletion')),
            status text not null default 'received' constraint ck_data_request_status
                check (status in ('received', 'accepted', 'done', 'refused', 'withdrawn')),
            requester text not null constraint ck_data_request_requester
                check (requester in ('self', 'guardian', 'representative')),
            requester_name text constraint ck_data_request_requester_name check (nfc(requester_name)),
            identity_check text not null constraint ck_data_request_identity_check
                check (identity_check in ('in_person', 'document', 'known_phone')),
            details text,
            purposes text[] not null default '{}',
            received_at timestamptz not null,
            respond_by date not null,
            due_on date not null,
            extended_at timestamptz,
            extension_reason text,
            decided_at timestamptz,
            decided_by uuid,
            refusal_code text,
            answer text,
            done_at timestamptz,
            done_by uuid,
            outcome jsonb not null default '{}',
            created_by uuid not null,
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            version integer not null default 1,
            constraint ck_data_request_refused check ((status = 'refused') = (refusal_code is not null)),
            constraint ck_data_request_done check ((status = 'done') = (done_at is not null)),
            constraint ck_data_request_extended check ((extended_at is null) = (extension_reason is null))
        );
        create index ix_data_request_member on data_request (member_id, id);
        create index ix_data_request_province on data_request (province_code, id);
        create index ix_data_request_organisation on data_request (organisation_id);
        create unique index uq_data_request_open on data_request (member_id, kind)
            where status in ('received', 'accepted');
        alter table member add column anonymised_at timestamptz;
        alter table enrolment add column consented_on date;
        create index ix_audit_event_security on audit_event (at)
            where subject_kind in ('login', 'client_login', 'token', 'session', 'refresh');
    """)
    run("""
        drop policy if exists tenant on audit_event;
        drop policy if exists system on audit_event;
        drop policy if exists own_act on audit_event;
        drop trigger if exists append_only on audit_event;
        drop trigger if exists append_only_truncate on audit_event;
        alter table audit_event no force row level security, disable row level security;
        revoke all on audit_event from :"app_role";
        drop policy if exists tenant on export_row;
        drop policy if exists system on export_row;
        drop policy if exists of_all_groups on export_row;
        drop trigger if exists append_only on export_row;
        drop trigger if exists append_only_truncate on export_row;
        drop trigger if exists with_its_list on export_row;
        alter table export_row no force row level security, disable row level security;
        revoke all on export_row from :"app_role";
        drop policy if exists tenant on ledger_txn;
        drop policy if exists system on ledger_txn;
        drop policy if exists writer on ledger_txn;
        drop trigger if exists append_only on ledger_txn;
        drop trigger if exists append_only_truncate on ledger_txn;
        drop trigger if exists stats_follow on ledger_txn;
        alter table ledger_txn no force row level security, disable row level security;
        revoke all on ledger_txn from :"app_role";
    """)
    install("0027_privacy/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop policy if exists tenant on audit_event;
        drop policy if exists system on audit_event;
        drop policy if exists own_act on audit_event;
        drop trigger if exists append_only on audit_event;
        drop trigger if exists append_only_truncate on audit_event;
        alter table audit_event no force row level security, disable row level security;
        revoke all on audit_event from :"app_role";
        drop policy if exists tenant on data_request;
        drop policy if exists system on data_request;
        alter table data_request no force row level security, disable row level security;
        revoke all on data_request from :"app_role";
        drop policy if exists tenant on export_row;
        drop policy if exists system on export_row;
        drop policy if exists of_all_groups on export_row;
        drop trigger if exists append_only on export_row;
        drop trigger if exists append_only_truncate on export_row;
        drop trigger if exists with_its_list on export_row;
        alter table export_row no force row level security, disable row level security;
        revoke all on export_row from :"app_role";
        drop policy if exists tenant on ledger_txn;
        drop policy if exists system on ledger_txn;
        drop policy if exists writer on ledger_txn;
        drop trigger if exists append_only on ledger_txn;
        drop trigger if exists append_only_truncate on ledger_txn;
        drop trigger if exists stats_follow on ledger_txn;
        alter table ledger_txn no force row level security, disable row level security;
        revoke all on ledger_txn from :"app_role";
        drop routine if exists copy_of_person;
        drop routine if exists erase_files;
        drop routine if exists erase_member;
        drop routine if exists erase_person;
        drop routine if exists erased_fields;
        drop routine if exists erased_items;
        drop routine if exists erased_row;
        drop routine if exists erasure_obstacles;
        drop routine if exists is_compressed;
        drop routine if exists jobs_that_may_name;
        drop routine if exists jobs_whose_text_names;
        drop routine if exists keep_audit;
        drop routine if exists keep_export_row;
        drop routine if exists prune_batch_outcomes;
        drop routine if exists prune_data_requests;
        drop routine if exists prune_departed;
        drop routine if exists prune_security_events;
        drop routine if exists refuse_all_but_clearing;
        drop routine if exists rows_as_json;
        drop routine if exists sees_member;
    """)
    install("0027_privacy/down")
    run("""
        drop index ix_audit_event_security;
        alter table enrolment drop column consented_on;
        alter table member drop column anonymised_at;
        drop table data_request;
    """)
