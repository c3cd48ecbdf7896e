"""A second wall: sealed scopes, secrets behind functions, no function for everybody (docs/decisions/0015).

The release before it goes on beside it: it keeps its rights on the tables of secrets, the functions that it calls with the
arguments that it gives (`sql/0025_wall/kept`), and the settings of its scope. All of that ends with 0026, and until then it
opens what it opened before.

Revision ID: 0025
Revises: 0024
"""

from migrations.script import install, read, run

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The key is made of three random UUIDs, 366 random bits, by the server itself; nobody has seen it.
OWNER_KEY = """
create table owner_key (
    id integer not null,
    scope bytea not null,
    process bytea,
    constraint owner_key_pkey primary key (id),
    constraint ck_owner_key_one check (id = 1)
);
insert into owner_key (id, scope) values (1, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid())));
"""

# Whatever the owner makes from now on is the owner's alone until a right is given; so is what there is.
NOBODYS = """
alter default privileges revoke execute on functions from public;
do $do$
declare
    routine regprocedure;
begin
    for routine in select oid::regprocedure from pg_proc
                    where pronamespace in ('public'::regnamespace, 'queue'::regnamespace) and pg_get_userbyid(proowner) = current_user
    loop
        execute format('revoke all on routine %s from public', routine);
    end loop;
end $do$;
"""
EVERYBODYS = """
alter default privileges grant execute on functions to public;
do $do$
declare
    routine regprocedure;
begin
    for routine in select oid::regprocedure from pg_proc
                    where pronamespace in ('public'::regnamespace, 'queue'::regnamespace) and pg_get_userbyid(proowner) = current_user
    loop
        execute format('grant execute on routine %s to public', routine);
    end loop;
end $do$;
"""

# What the package procrastinate calls, and nothing else of the queue's.
QUEUE_FUNCTIONS = ", ".join(
    f"queue.procrastinate_{name}"
    for name in (
        "defer_jobs_v1", "fetch_job_v2", "finish_job_v1", "cancel_job_v1", "retry_job_v2",
        "register_worker_v1", "unregister_worker_v1", "update_heartbeat_v1", "prune_stalled_workers_v1",
    )
)  # fmt: skip


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(OWNER_KEY)
    run(NOBODYS)
    run("""
        drop policy if exists tenant on api_client;
        drop policy if exists system on api_client;
        drop policy if exists own_row on api_client;
        drop trigger if exists places_of_client on api_client;
        drop trigger if exists kept on api_client;
        drop trigger if exists kept_truncate on api_client;
        drop trigger if exists kept_key on api_client;
        alter table api_client no force row level security, disable row level security;
        revoke all on api_client from :"app_role";
        drop policy if exists tenant on app_user;
        drop policy if exists system on app_user;
        drop policy if exists own_row on app_user;
        alter table app_user no force row level security, disable row level security;
        revoke all on app_user from :"app_role";
        drop policy if exists tenant on audit_event;
        drop policy if exists system on audit_event;
        drop policy if exists own_act on audit_event;
        drop trigger if exists append_only on audit_event;
        drop trigger if exists append_only_truncate on audit_event;
        alter table audit_event no force row level security, disable row level security;
        revoke all on audit_event from :"app_role";
        alter table outbox_pending no force row level security, disable row level security;
        revoke all on outbox_pending from :"app_role";
        alter table place no force row level security, disable row level security;
        revoke all on place from :"app_role";
        revoke all on routine begin_actor from public, :"app_role";
        revoke all on routine begin_permitted from public, :"app_role";
        revoke all on routine client_limits from public, :"app_role";
        revoke all on routine contribution_detail from public, :"app_role";
        revoke all on routine coverage_in_scope from public, :"app_role";
        revoke all on routine coverage_of from public, :"app_role";
        revoke all on routine covered_by from public, :"app_role";
        revoke all on routine enrolment_detail from public, :"app_role";
        revoke all on routine expand_place from public, :"app_role";
        revoke all on routine fan_out_events from public, :"app_role";
        revoke all on routine fold_stats from public, :"app_role";
        revoke all on routine hold_money from public, :"app_role";
        revoke all on routine household_orders from public, :"app_role";
        revoke all on routine is_renewed from public, :"app_role";
        drop routine if exists joined;
        revoke all on routine known_qualifier from public, :"app_role";
        revoke all on routine line_up_deliveries from public, :"app_role";
        revoke all on routine list_contributions from public, :"app_role";
        revoke all on routine list_meetings from public, :"app_role";
        revoke all on routine list_members from public, :"app_role";
        revoke all on routine local_today from public, :"app_role";
        revoke all on routine mask_id from public, :"app_role";
        revoke all on routine mask_phone from public, :"app_role";
        revoke all on routine meeting_detail from public, :"app_role";
        revoke all on routine meeting_head from public, :"app_role";
        revoke all on routine member_detail from public, :"app_role";
        revoke all on routine member_fits from public, :"app_role";
        revoke all on routine member_page from public, :"app_role";
        revoke all on routine member_streams from public, :"app_role";
        revoke all on routine members_of_communes from public, :"app_role";
        revoke all on routine members_of_few from public, :"app_role";
        revoke all on routine members_of_places from public, :"app_role";
        revoke all on routine members_of_provinces from public, :"app_role";
        revoke all on routine new_id from public, :"app_role";
        revoke all on routine nfc from public, :"app_role";
        revoke all on routine other_insurance_in from public, :"app_role";
        revoke all on routine passbook from public, :"app_role";
        revoke all on routine place_on from public, :"app_role";
        revoke all on routine place_windows from public, :"app_role";
        revoke all on routine province_of from public, :"app_role";
        revoke all on routine prune_deliveries from public, :"app_role";
        revoke all on routine prune_job_files from public, :"app_role";
        revoke all on routine prune_second_factors from public, :"app_role";
        revoke all on routine prune_sessions from public, :"app_role";
        revoke all on routine prune_throttles from public, :"app_role";
        revoke all on routine reasons_of from public, :"app_role";
        revoke all on routine record_entries from public, :"app_role";
        revoke all on routine record_entry from public, :"app_role";
        revoke all on routine record_premium_refund from public, :"app_role";
        revoke all on routine record_repayment from public, :"app_role";
        revoke all on routine refuse from public, :"app_role";
        revoke all on routine renewal_deadline from public, :"app_role";
        revoke all on routine renewal_latest from public, :"app_role";
        revoke all on routine requeue_jobs from public, :"app_role";
        revoke all on routine resolve_hold from public, :"app_role";
        revoke all on routine reverse_entry from public, :"app_role";
        revoke all on routine scope_actor from public, :"app_role";
        revoke all on routine scope_all_groups from public, :"app_role";
        revoke all on routine scope_communes from public, :"app_role";
        revoke all on routine scope_groups from public, :"app_role";
        revoke all on routine scope_home_provinces from public, :"app_role";
        revoke all on routine scope_limited from public, :"app_role";
        revoke all on routine scope_national from public, :"app_role";
        revoke all on routine scope_network from public, :"app_role";
        revoke all on routine scope_organisation from public, :"app_role";
        revoke all on routine scope_provinces from public, :"app_role";
        revoke all on routine scope_walks from public, :"app_role";
        revoke all on routine seq_before from public, :"app_role";
        revoke all on routine sheet_head from public, :"app_role";
        revoke all on routine sheet_json from public, :"app_role";
        revoke all on routine short_time from public, :"app_role";
        revoke all on routine stats_cells from public, :"app_role";
        revoke all on routine txn_json from public, :"app_role";
        revoke all on routine txn_wanted from public, :"app_role";
        revoke all on routine webhook_audience from public, :"app_role";
        revoke all on routine wire_time from public, :"app_role";
    """)
    install("0025_wall/up")
    install("0025_wall/kept")
    run(f'grant execute on function {QUEUE_FUNCTIONS} to :"app_role"')


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(f'revoke execute on function {QUEUE_FUNCTIONS} from :"app_role"')
    run("""
        drop policy if exists tenant on api_client;
        drop policy if exists system on api_client;
        drop policy if exists own_row on api_client;
        drop trigger if exists places_of_client on api_client;
        drop trigger if exists kept on api_client;
        drop trigger if exists kept_truncate on api_client;
        drop trigger if exists kept_key on api_client;
        alter table api_client no force row level security, disable row level security;
        revoke all on api_client from :"app_role";
        drop policy if exists tenant on app_user;
        drop policy if exists system on app_user;
        drop policy if exists own_row on app_user;
        alter table app_user no force row level security, disable row level security;
        revoke all on app_user from :"app_role";
        drop policy if exists tenant on audit_event;
        drop policy if exists system on audit_event;
        drop policy if exists own_act on audit_event;
        drop trigger if exists append_only on audit_event;
        drop trigger if exists append_only_truncate on audit_event;
        alter table audit_event no force row level security, disable row level security;
        revoke all on audit_event from :"app_role";
        alter table outbox_pending no force row level security, disable row level security;
        revoke all on outbox_pending from :"app_role";
        drop policy if exists system on owner_key;
        alter table owner_key no force row level security, disable row level security;
        revoke all on owner_key from :"app_role";
        drop policy if exists tenant on place;
        drop policy if exists tenant_read on place;
        drop policy if exists system on place;
        alter table place no force row level security, disable row level security;
        revoke all on place from :"app_role";
        drop routine if exists add_client_secret;
        drop routine if exists admit_guess(bytea, bytea, timestamptz, integer);
        drop routine if exists admit_login(bytea, text, text, uuid, bytea, bytea, bytea, bytea, bytea, timestamptz, timestamptz, timestamptz, integer, integer, integer, integer, integer);
        revoke all on routine begin_actor from public, :"app_role";
        revoke all on routine begin_permitted from public, :"app_role";
        drop routine if exists claim_device;
        revoke all on routine client_limits from public, :"app_role";
        revoke all on routine contribution_detail from public, :"app_role";
        revoke all on routine coverage_in_scope from public, :"app_role";
        revoke all on routine coverage_of from public, :"app_role";
        revoke all on routine covered_by from public, :"app_role";
        drop routine if exists end_job(bytea, uuid, text);
        drop routine if exists end_sessions;
        revoke all on routine enrolment_detail from public, :"app_role";
        revoke all on routine expand_place from public, :"app_role";
        revoke all on routine fan_out_events from public, :"app_role";
        drop routine if exists find_client(bytea, text);
        drop routine if exists find_login(bytea, text);
        drop routine if exists find_refresh_token;
        drop routine if exists find_second_factor(bytea, uuid);
        drop routine if exists finish_delivery(bytea, uuid, bigint, uuid, timestamptz, integer, integer, text, text, text, timestamptz, boolean, interval, uuid);
        revoke all on routine fold_stats from public, :"app_role";
        drop routine if exists forgive_login(bytea, bytea[], timestamptz, boolean);
        drop routine if exists has_session_from;
        revoke all on routine hold_money from public, :"app_role";
        revoke all on routine household_orders from public, :"app_role";
        drop routine if exists is_followed;
        revoke all on routine is_renewed from public, :"app_role";
        drop routine if exists is_unused_token;
        drop routine if exists joined;
        revoke all on routine known_qualifier from public, :"app_role";
        drop routine if exists lease_deliveries(bytea, timestamptz, timestamptz, integer, integer, boolean);
        revoke all on routine line_up_deliveries from public, :"app_role";
        revoke all on routine list_contributions from public, :"app_role";
        revoke all on routine list_meetings from public, :"app_role";
        revoke all on routine list_members from public, :"app_role";
        drop routine if exists live_sessions;
        revoke all on routine local_today from public, :"app_role";
        revoke all on routine mask_id from public, :"app_role";
        revoke all on routine mask_phone from public, :"app_role";
        revoke all on routine meeting_detail from public, :"app_role";
        revoke all on routine meeting_head from public, :"app_role";
        revoke all on routine member_detail from public, :"app_role";
        revoke all on routine member_fits from public, :"app_role";
        revoke all on routine member_page from public, :"app_role";
        revoke all on routine member_streams from public, :"app_role";
        revoke all on routine members_of_communes from public, :"app_role";
        revoke all on routine members_of_few from public, :"app_role";
        revoke all on routine members_of_places from public, :"app_role";
        revoke all on routine members_of_provinces from public, :"app_role";
        revoke all on routine new_id from public, :"app_role";
        revoke all on routine nfc from public, :"app_role";
        drop routine if exists note_client_use;
        revoke all on routine other_insurance_in from public, :"app_role";
        revoke all on routine passbook from public, :"app_role";
        drop routine if exists password_of;
        revoke all on routine place_on from public, :"app_role";
        revoke all on routine place_windows from public, :"app_role";
        revoke all on routine province_of from public, :"app_role";
        revoke all on routine prune_deliveries from public, :"app_role";
        revoke all on routine prune_job_files from public, :"app_role";
        revoke all on routine prune_second_factors from public, :"app_role";
        revoke all on routine prune_sessions from public, :"app_role";
        revoke all on routine prune_throttles from public, :"app_role";
        revoke all on routine reasons_of from public, :"app_role";
        revoke all on routine record_entries from public, :"app_role";
        revoke all on routine record_entry from public, :"app_role";
        revoke all on routine record_premium_refund from public, :"app_role";
        revoke all on routine record_repayment from public, :"app_role";
        drop routine if exists record_security_event(bytea, uuid, text, uuid, jsonb, text);
        revoke all on routine refuse from public, :"app_role";
        drop routine if exists remind_renewals(bytea, date, integer);
        drop routine if exists remove_second_factor(bytea, uuid);
        revoke all on routine renewal_deadline from public, :"app_role";
        revoke all on routine renewal_latest from public, :"app_role";
        drop routine if exists replace_refresh_token;
        revoke all on routine requeue_jobs from public, :"app_role";
        drop routine if exists require_process;
        revoke all on routine resolve_hold from public, :"app_role";
        revoke all on routine reverse_entry from public, :"app_role";
        revoke all on routine scope_actor from public, :"app_role";
        revoke all on routine scope_all_groups from public, :"app_role";
        revoke all on routine scope_communes from public, :"app_role";
        revoke all on routine scope_groups from public, :"app_role";
        revoke all on routine scope_home_provinces from public, :"app_role";
        revoke all on routine scope_limited from public, :"app_role";
        revoke all on routine scope_national from public, :"app_role";
        revoke all on routine scope_network from public, :"app_role";
        revoke all on routine scope_organisation from public, :"app_role";
        revoke all on routine scope_provinces from public, :"app_role";
        drop routine if exists scope_seal;
        revoke all on routine scope_walks from public, :"app_role";
        revoke all on routine seq_before from public, :"app_role";
        drop routine if exists session_of_job;
        drop routine if exists set_factor_state;
        drop routine if exists set_recovery_codes(bytea, uuid, bytea[]);
        revoke all on routine sheet_head from public, :"app_role";
        revoke all on routine sheet_json from public, :"app_role";
        revoke all on routine short_time from public, :"app_role";
        drop routine if exists signing_keys;
        drop routine if exists start_second_factor(bytea, uuid, bytea);
        drop routine if exists start_session;
        revoke all on routine stats_cells from public, :"app_role";
        drop routine if exists store_password;
        revoke all on routine txn_json from public, :"app_role";
        revoke all on routine txn_wanted from public, :"app_role";
        drop routine if exists use_recovery_code(bytea, uuid, bytea);
        drop routine if exists use_second_factor(bytea, uuid, bigint, boolean);
        revoke all on routine webhook_audience from public, :"app_role";
        revoke all on routine wire_time from public, :"app_role";
    """)
    run(read("0025_wall/drop_kept.sql"))
    run(EVERYBODYS)
    install("0025_wall/down")
    run("drop table owner_key")
