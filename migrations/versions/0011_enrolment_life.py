"""The life of an enrolment after acceptance, the outbox, other insurance that BHXH knows of, and merged duplicates.

Revision ID: 0011
Revises: 0010
"""

from migrations.script import run

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What partners are told about, in the transaction of the act itself. It names people of all groups, so those who work
# for some groups only write into it and do not read it.
OUTBOX = """
create table outbox_event (
    seq bigint generated always as identity primary key,
    id uuid not null constraint uq_outbox_event_id unique,
    kind text not null constraint ck_outbox_event_kind check (kind ~ '^[a-z_]+[.][a-z_]+$'),
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    client_id uuid references api_client,
    subject_kind text not null,
    subject_id uuid not null,
    data jsonb not null,
    at timestamptz not null default now()
);
create index ix_outbox_event_subject on outbox_event (subject_id, seq);
create index ix_outbox_event_organisation on outbox_event (organisation_id, seq);
create index ix_outbox_event_client on outbox_event (client_id, seq) where client_id is not null;
call protect_rows('outbox_event', own => 'organisation_id');
do $do$ begin
    execute format('create policy of_all_groups on outbox_event as restrictive for select to %I'
        ' using ((select scope_all_groups()))', current_setting('ansinh.app_role'));
end $do$;
call grant_app('outbox_event', 'select, insert');
"""

# BHXH's knowledge about a member of any network: its rows are of the network bhxh, which no union sees. They lie where
# the member lives now; the place that they keep is that of the day on which they were noted.
OTHER_INSURANCE = """
create table other_insurance (
    id uuid primary key,
    network text not null references network constraint ck_other_insurance_network check (network = 'bhxh'),
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    member_id uuid not null references member,
    kind text not null constraint ck_other_insurance_kind check (kind in ('compulsory', 'pension')),
    valid_from date not null,
    valid_to date,
    entered_by uuid not null,
    created_at timestamptz not null default now(),
    constraint ck_other_insurance_dates check (valid_to >= valid_from),
    constraint ex_other_insurance_overlap
        exclude using gist (member_id with =, kind with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index ix_other_insurance_organisation on other_insurance (organisation_id);
call protect_with('other_insurance',
    '(select scope_network()) = ''*'' and exists (select from member m where m.id = member_id)');
call grant_app('other_insurance', 'select, insert, update');

create index ix_member_national_id on member (national_id, id) include (network, province_code, commune_code, created_by)
    where national_id is not null;
create index ix_member_social_insurance_no on member (social_insurance_no, id)
    include (network, province_code, commune_code, created_by) where social_insurance_no is not null;

-- Which other insurance each of these members of the actor's has in a month: the kinds alone, never the records. What
-- BHXH knows of a person holds for them in every register that has one of their numbers.
create function other_insurance_in(p_members uuid[], p_months date[]) returns table (member_id uuid, month date, kind text)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query
    select distinct x.member_id, x.month, o.kind
      from unnest(p_members, p_months) as x (member_id, month)
      join member m on m.id = x.member_id and scope_network() in ('*', m.network)
           and (scope_national() or m.province_code = any (scope_provinces()) or m.commune_code = any (scope_communes()))
     cross join lateral (
           select m.id
           union all select p.id from member p where p.national_id = m.national_id
           union all select p.id from member p where p.social_insurance_no = m.social_insurance_no) as same (id)
      join other_insurance o on o.member_id = same.id
           and daterange(o.valid_from, o.valid_to, '[]') && daterange(x.month, (x.month + interval '1 month')::date);
    perform set_config('app.system', was, true);
end $$;
"""

MERGES = """
create table enrolment_merge (
    id uuid primary key,
    network text not null references network constraint ck_enrolment_merge_network check (network = 'bhxh'),
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    product text not null,
    shared text[] not null,
    keep_id uuid not null references enrolment,
    drop_id uuid not null references enrolment,
    before jsonb not null,
    dropped_version integer not null,
    merged_by uuid not null,
    merged_at timestamptz not null default now(),
    undone_by uuid,
    undone_at timestamptz,
    constraint ck_enrolment_merge_two check (keep_id <> drop_id),
    constraint ck_enrolment_merge_undone check ((undone_at is null) = (undone_by is null))
);
create unique index uq_enrolment_merge_drop on enrolment_merge (drop_id) where undone_at is null;
create index ix_enrolment_merge_keep on enrolment_merge (keep_id);
create index ix_enrolment_merge_drop on enrolment_merge (drop_id);
create index ix_enrolment_merge_place on enrolment_merge (province_code, id);
create index ix_enrolment_merge_organisation on enrolment_merge (organisation_id);
call protect_rows('enrolment_merge');
call grant_app('enrolment_merge', 'select, insert, update');
"""

# One person is enrolled once for one product from one month on; what was rejected, withdrawn or ended does not count.
LIFE = """
create unique index uq_enrolment_live_next on enrolment (member_id, product, from_month)
    where status not in ('rejected', 'withdrawn', 'ended');
drop index uq_enrolment_live;
alter index uq_enrolment_live_next rename to uq_enrolment_live;
alter table enrolment
    add column covered_until date,
    add column insured_since date,
    add column supported_before integer not null default 0
        constraint ck_enrolment_supported_before check (supported_before between 0 and 120),
    add column paid_at timestamptz,
    add column activated_at timestamptz,
    add column ended_on date,
    add column ended_why text constraint ck_enrolment_ended_why
        check (ended_why in ('compulsory', 'died', 'one_off', 'pension', 'stopped')),
    drop constraint ck_enrolment_status,
    add constraint ck_enrolment_status check (status in ('draft', 'submitted', 'accepted', 'returned', 'rejected',
        'withdrawn', 'paid', 'active', 'ended')),
    drop constraint ck_enrolment_decided,
    add constraint ck_enrolment_decided
        check (status in ('draft', 'submitted', 'withdrawn') or decided_at is not null),
    add constraint ck_enrolment_paid check (status not in ('paid', 'active', 'ended') or paid_at is not null),
    add constraint ck_enrolment_active check (status <> 'active' or activated_at is not null),
    add constraint ck_enrolment_ended
        check ((status = 'ended') = (ended_on is not null) and (ended_on is null) = (ended_why is null));
"""

# Back to what the release before knows: what was paid was accepted, what ended is out of life.
DOWN = """
set local app.system = 'on';
update enrolment set status = case status when 'ended' then 'withdrawn' else 'accepted' end
 where status in ('paid', 'active', 'ended');
alter table enrolment
    drop constraint ck_enrolment_ended,
    drop constraint ck_enrolment_active,
    drop constraint ck_enrolment_paid,
    drop constraint ck_enrolment_status,
    drop constraint ck_enrolment_decided,
    drop column ended_why,
    drop column ended_on,
    drop column activated_at,
    drop column paid_at,
    drop column supported_before,
    drop column insured_since,
    drop column covered_until,
    add constraint ck_enrolment_status
        check (status in ('draft', 'submitted', 'accepted', 'returned', 'rejected', 'withdrawn')),
    add constraint ck_enrolment_decided check (status not in ('accepted', 'returned', 'rejected') or decided_at is not null);
create unique index uq_enrolment_live_before on enrolment (member_id, product, from_month)
    where status not in ('rejected', 'withdrawn');
drop index uq_enrolment_live;
alter index uq_enrolment_live_before rename to uq_enrolment_live;
drop table enrolment_merge;
drop function other_insurance_in(uuid[], date[]);
drop index ix_member_social_insurance_no, ix_member_national_id;
drop table other_insurance;
drop table outbox_event;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    for part in (OUTBOX, OTHER_INSURANCE, MERGES, LIFE):
        run(part)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(DOWN)
