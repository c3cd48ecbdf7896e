"""Lists say whom they name without a number beside, and files are searched for the erased piece by piece.

Revision ID: 0033
Revises: 0032
"""

from migrations.script import install, run

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        create table export_mention (
            list_id uuid not null constraint export_mention_list_id_fkey references export_list,
            position integer not null,
            member_id uuid not null,
            as_head boolean not null,
            network text not null,
            constraint export_mention_pkey primary key (member_id, list_id, position, as_head)
        );
        create index ix_export_mention_list on export_mention (list_id);
        alter table export_list add column has_mentions boolean not null default false;
        create index ix_consent_guardian on consent (commune_code, network) where guardian_name is not null;
        create index ix_member_health_card on member (health_card_no) where health_card_no is not null;
        create table trace_search (
            member_id uuid not null primary key,
            network text not null,
            province_code text not null,
            commune_code text not null,
            full_name text not null,
            search_name text not null,
            numbers text[] not null,
            phone text,
            asked_at timestamptz not null default now(),
            beside text[],
            begun_at timestamptz,
            stage text not null default 'jobs' constraint ck_trace_search_stage
                check (stage in ('jobs', 'batches', 'contributions', 'lists', 'waiting', 'aside')),
            at_id uuid not null default '00000000-0000-0000-0000-000000000000',
            at_name text,
            at_part integer not null default -1,
            waiting uuid[] not null default '{}',
            passed uuid[] not null default '{}',
            failures integer not null default 0,
            doubts integer not null default 0
        );
        create table trace_doubt (
            record_kind text not null,
            record_id uuid not null,
            file text not null,
            part integer not null,
            is_failed boolean not null,
            rows text[] not null,
            more integer not null default 0,
            noted_at timestamptz not null default now(),
            constraint trace_doubt_pkey primary key (record_kind, record_id, file, part, is_failed)
        );
        create type trace_step as (
            stage text, at_id uuid, at_name text, at_part integer, waits uuid[], ended uuid[], organisation_id uuid,
            kind text, id uuid, name text, part integer, content bytea, beside bytea, body jsonb
        );
    """)
    run("""
        drop policy if exists tenant on export_list;
        drop policy if exists system on export_list;
        drop policy if exists of_all_groups on export_list;
        drop trigger if exists fixed on export_list;
        alter table export_list no force row level security, disable row level security;
        revoke all on export_list from :"app_role";
        drop policy if exists tenant on export_row;
        drop policy if exists system on export_row;
        drop policy if exists of_all_groups on export_row;
        drop trigger if exists append_only on export_row;
        drop trigger if exists append_only_truncate on export_row;
        drop trigger if exists with_its_list on export_row;
        alter table export_row no force row level security, disable row level security;
        revoke all on export_row from :"app_role";
        drop policy if exists tenant on payout;
        drop policy if exists tenant_read on payout;
        drop policy if exists system on payout;
        drop trigger if exists append_only on payout;
        drop trigger if exists append_only_truncate on payout;
        alter table payout no force row level security, disable row level security;
        revoke all on payout from :"app_role";
        drop routine if exists is_compressed;
        drop routine if exists jobs_that_may_name;
        drop routine if exists jobs_whose_text_names;
    """)
    install("0033_erasure_refs/up")


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    # Whom files are still searched for stands nowhere else, so it must not go with the table.
    run("""
        lock table trace_search in exclusive mode;
        do $$
        declare
            waiting bigint;
        begin
            perform set_config('app.system', 'on', true);
            select count(*) into waiting from trace_search;
            perform set_config('app.system', '', true);
            if waiting > 0 then
                raise exception 'Còn tìm % người đã ẩn danh trong tệp: chờ đến khi `ansinh privacy searches` báo 0. / Files are still searched for % erased people: wait until `ansinh privacy searches` says 0.',
                    waiting, waiting using errcode = 'object_not_in_prerequisite_state';
            end if;
        end $$;
    """)
    run("""
        drop policy if exists tenant on export_list;
        drop policy if exists system on export_list;
        drop policy if exists of_all_groups on export_list;
        drop trigger if exists fixed on export_list;
        alter table export_list no force row level security, disable row level security;
        revoke all on export_list from :"app_role";
        drop policy if exists tenant_read on export_mention;
        drop policy if exists own_act on export_mention;
        drop policy if exists system on export_mention;
        drop trigger if exists append_only on export_mention;
        drop trigger if exists append_only_truncate on export_mention;
        drop trigger if exists with_its_list on export_mention;
        alter table export_mention no force row level security, disable row level security;
        revoke all on export_mention from :"app_role";
        drop policy if exists tenant on export_row;
        drop policy if exists system on export_row;
        drop policy if exists of_all_groups on export_row;
        drop trigger if exists append_only on export_row;
        drop trigger if exists append_only_truncate on export_row;
        drop trigger if exists with_its_list on export_row;
        alter table export_row no force row level security, disable row level security;
        revoke all on export_row from :"app_role";
        drop policy if exists tenant on payout;
        drop policy if exists tenant_read on payout;
        drop policy if exists system on payout;
        drop trigger if exists append_only on payout;
        drop trigger if exists append_only_truncate on payout;
        alter table payout no force row level security, disable row level security;
        revoke all on payout from :"app_role";
        drop policy if exists system on trace_doubt;
        alter table trace_doubt no force row level security, disable row level security;
        revoke all on trace_doubt from :"app_role";
        drop policy if exists system on trace_search;
        alter table trace_search no force row level security, disable row level security;
        revoke all on trace_search from :"app_role";
        drop routine if exists await_trace;
        drop routine if exists begin_trace_step;
        drop routine if exists choose_trace;
        drop routine if exists delay_trace;
        drop routine if exists doubt_elsewhere;
        drop routine if exists end_traces;
        drop routine if exists erase_by_id;
        drop routine if exists erase_elsewhere;
        drop routine if exists erase_rows;
        drop routine if exists erased_head;
        drop routine if exists has_words;
        drop routine if exists lists_naming;
        drop routine if exists masked_text;
        drop routine if exists masks_digits;
        drop routine if exists members_of_trace;
        drop routine if exists names_others;
        drop routine if exists next_trace;
        drop routine if exists next_trace_of_batches;
        drop routine if exists next_trace_of_jobs;
        drop routine if exists next_trace_of_lists;
        drop routine if exists own_numbers;
        drop routine if exists passes_by;
        drop routine if exists people_of_traces;
        drop routine if exists release_traces;
        drop routine if exists remove_workbooks;
        drop routine if exists resembles_person;
        drop routine if exists set_trace_aside;
        drop routine if exists settle_trace;
        drop routine if exists texts_elsewhere;
        drop routine if exists traces_left;
        drop routine if exists transactions_under_way;
    """)
    install("0033_erasure_refs/down")
    run("""
        drop type trace_step;
        drop table trace_search;
        drop table trace_doubt;
        drop index ix_consent_guardian;
        drop index ix_member_health_card;
        alter table export_list drop column has_mentions;
        drop table export_mention;
    """)
