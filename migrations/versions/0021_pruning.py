"""What jobs, webhooks and partner systems leave behind goes when its time is over (thời hạn lưu).

Revision ID: 0021
Revises: 0020
"""

from migrations.script import run

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# What the next portion is found by. A job whose files went is left out, so that none is looked at twice.
INDEXES = """
alter table job add column files_removed_at timestamptz;
create index ix_job_prunable on job (finished_at) where finished_at is not null and files_removed_at is null;
create index ix_webhook_delivery_finished on webhook_delivery (finished_at) where finished_at is not null;
create index ix_auth_session_ended on auth_session (least(expires_at, revoked_at)) where client_id is not null;
"""

# Each takes away what ended before a moment (a day ago at the latest), the earliest first and no more than p_limit of it,
# and returns how much it was. What another worker has at hand, or somebody is about to change, is left for the next time.
FUNCTIONS = """
-- A job stays, with what it was about and how it ended; its files go, and the session that it worked with.
create function prune_job_files(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    pruned bigint;
begin
    perform set_config('app.system', 'on', true);
    with due as (
        select id, session_id from job
         where finished_at < least(p_before, now() - interval '1 day') and files_removed_at is null
         order by finished_at limit p_limit for no key update skip locked
    ), gone as (
        delete from job_file f using due where f.job_id = due.id
    ), ended as (
        delete from auth_session s using due
         where s.id = due.session_id and least(s.expires_at, s.revoked_at) < p_before
           and not exists (select from refresh_token t where t.session_id = s.id)
    ), marked as (
        update job j set files_removed_at = now() from due where j.id = due.id returning 1
    )
    select count(*) into pruned from marked;
    perform set_config('app.system', was, true);
    return pruned;
end $$;

-- The log of deliveries that ended; the events themselves stay.
create function prune_deliveries(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    webhooks uuid[];
    seqs bigint[];
begin
    perform set_config('app.system', 'on', true);
    select array_agg(d.webhook_id), array_agg(d.seq) into webhooks, seqs
      from (select webhook_id, seq from webhook_delivery
             where finished_at < least(p_before, now() - interval '1 day')
             order by finished_at limit p_limit for update skip locked) d;
    delete from webhook_attempt a using unnest(webhooks, seqs) d (webhook_id, seq)
     where a.webhook_id = d.webhook_id and a.seq = d.seq;
    delete from webhook_delivery w using unnest(webhooks, seqs) d (webhook_id, seq)
     where w.webhook_id = d.webhook_id and w.seq = d.seq;
    perform set_config('app.system', was, true);
    return coalesce(cardinality(seqs), 0);
end $$;

-- Sessions of partner systems that ran out or were revoked; whoever comes with one is unknown then as before.
create function prune_sessions(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    pruned bigint;
begin
    delete from auth_session where id in (
        select id from auth_session
         where client_id is not null and least(expires_at, revoked_at) < least(p_before, now() - interval '1 day')
         order by least(expires_at, revoked_at) limit p_limit for update skip locked);
    get diagnostics pruned = row_count;
    return pruned;
end $$;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(INDEXES)
    run(FUNCTIONS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function prune_sessions(timestamptz, integer), prune_deliveries(timestamptz, integer),
            prune_job_files(timestamptz, integer);
        drop index ix_auth_session_ended, ix_webhook_delivery_finished, ix_job_prunable;
        alter table job drop column files_removed_at;
    """)
