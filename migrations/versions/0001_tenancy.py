"""Networks, organisations, users, clients, sessions, keys, audit; row-level security and begin_actor.

Revision ID: 0001
Revises:
"""

from migrations.script import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the settings of a transaction say about who acts. Unset reads as NULL (or '' after a commit), and
# both let nothing through: a transaction that never began an actor sees no row of anybody.
SCOPE = """
create function scope_network() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('app.network', true), '') $$;
create function scope_national() returns boolean language sql stable parallel safe
    as $$ select coalesce(current_setting('app.provinces', true), '') = '*' $$;
create function scope_provinces() returns text[] language sql stable parallel safe
    as $$ select case when current_setting('app.provinces', true) like '{%' then
              current_setting('app.provinces', true)::text[] end $$;
create function scope_communes() returns text[] language sql stable parallel safe
    as $$ select nullif(current_setting('app.communes', true), '')::text[] $$;
create function scope_all_groups() returns boolean language sql stable parallel safe
    as $$ select coalesce(current_setting('app.groups', true), '') = '*' $$;
create function scope_groups() returns uuid[] language sql stable parallel safe
    as $$ select case when current_setting('app.groups', true) like '{%' then
              current_setting('app.groups', true)::uuid[] end $$;
create function scope_actor() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.actor', true), '')::uuid $$;
create function scope_organisation() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.organisation', true), '')::uuid $$;

create function nfc(value text) returns boolean language sql immutable parallel safe
    as $$ select value is nfc normalized $$;

create function local_today() returns date language sql stable parallel safe
    as $$ select (now() at time zone interval '+07:00')::date $$;

create procedure grant_app(target regclass, rights text) language plpgsql as $$
begin
    execute format('grant %s on %s to %I', rights, target, current_setting('ansinh.app_role'));
end $$;

create procedure protect_with(target regclass, visible text, read_also text default null, to_owner boolean default false)
language plpgsql as $$
-- Row-level security for *target*: the tenant's rows, through `visible`, for the application's role. FORCE binds the
-- owner as well, whose functions get only what they are given: everything where they say so (app.system = 'on' while
-- they look up who acts), and the tenant's rows where `to_owner` is set.
declare
    whom constant text := case when to_owner then 'public' else quote_ident(current_setting('ansinh.app_role')) end;
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant on %s to %s using (%s) with check (%s)', target, whom, visible, visible);
    if read_also is not null then
        execute format('create policy tenant_read on %s for select to %s using (%s)', target, whom, read_also);
    end if;
    -- (Without a subselect: the owner's statements are short, and setting one up costs more than asking a few rows.)
    execute format($f$create policy system on %s to %I
        using (current_setting('app.system', true) = 'on')
        with check (current_setting('app.system', true) = 'on')$f$, target, current_user);
end $$;

create procedure protect_rows(target regclass, grouped boolean default false, shared boolean default false,
    own text default null)
language plpgsql as $$
-- The usual rule: own network (BHXH: all), own places, and own groups where the table has a group.
-- `shared`: a row without a province belongs to the whole network; all of it read it, the national level writes it.
-- `own`: the column with an organisation, whose rows are its own wherever they lie: the staff of an organisation that
-- covers several communes sit in a province of which they see only a part.
declare
    own_network constant text := '((select scope_network()) in (''*'', network))';
    visible text := own_network || ' and ((select scope_national())'
        ' or province_code = any ((select scope_provinces())::text[])'
        ' or commune_code = any ((select scope_communes())::text[])'
        || coalesce(' or ' || quote_ident(own) || ' = (select scope_organisation())', '') || ')';
begin
    if grouped then
        visible := visible || ' and ((select scope_all_groups()) or group_id = any ((select scope_groups())::uuid[]))';
    end if;
    call protect_with(target, visible, case when shared then own_network || ' and province_code is null' end);
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'table % is append-only', tg_table_name using errcode = 'AS409';
end $$;

create procedure append_only(target regclass) language plpgsql as $$
begin
    execute format('create trigger append_only before update or delete on %s
        for each row execute function refuse_change()', target);
    execute format('create trigger append_only_truncate before truncate on %s
        for each statement execute function refuse_change()', target);
end $$;
"""

TENANCY = """
create table network (
    code text primary key,
    name_vi text not null,
    name_en text not null,
    sees_all boolean not null default false
);
insert into network (code, name_vi, name_en, sees_all) values
    ('bhxh', 'Bảo hiểm xã hội Việt Nam', 'Viet Nam Social Security', true),
    ('womens_union', 'Hội Liên hiệp Phụ nữ', 'Women''s Union', false),
    ('farmers_association', 'Hội Nông dân', 'Farmers'' Association', false),
    ('veterans', 'Hội Cựu chiến binh', 'Veterans'' Association', false),
    ('elderly', 'Hội Người cao tuổi', 'Association of the Elderly', false),
    ('youth_union', 'Đoàn Thanh niên', 'Youth Union', false),
    ('fatherland_front', 'Mặt trận Tổ quốc', 'Fatherland Front', false),
    ('collection_agency', 'Tổ chức dịch vụ thu', 'Collection agency', false),
    ('school', 'Nhà trường', 'School', false),
    ('authority', 'Ủy ban nhân dân', 'People''s committee', false);
call grant_app('network', 'select');

create table organisation (
    id uuid primary key,
    code text not null constraint uq_organisation_code unique,
    network text not null references network,
    level text not null constraint ck_organisation_level
        check (level in ('national', 'province', 'district', 'commune', 'hamlet')),
    name text not null constraint ck_organisation_name check (nfc(name)),
    province_code text,
    commune_code text,
    closed_on date,
    created_at timestamptz not null default now(),
    version integer not null default 1
);
create index ix_organisation_network_province on organisation (network, province_code);
call protect_rows('organisation', shared => true, own => 'id');
call grant_app('organisation', 'select, insert, update');

create table organisation_parent (
    organisation_id uuid not null references organisation,
    parent_id uuid not null references organisation,
    valid_from date not null,
    valid_to date,
    primary key (organisation_id, valid_from),
    constraint ck_organisation_parent_dates check (valid_to is null or valid_to >= valid_from),
    constraint ck_organisation_parent_self check (parent_id <> organisation_id),
    constraint ex_organisation_parent_overlap
        exclude using gist (organisation_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index ix_organisation_parent_parent on organisation_parent (parent_id);
call grant_app('organisation_parent', 'select, insert, update');

-- Nobody stands above themselves on any day. One change of the tree at a time, so that two cannot close a circle together.
create function refuse_cycle() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform pg_advisory_xact_lock(hashtext('ansinh.organisation_parent'));
    perform set_config('app.system', 'on', true);
    if exists (
        with recursive above as (
            select new.parent_id as id, daterange(new.valid_from, new.valid_to, '[]') as days
            union
            select p.parent_id, a.days * daterange(p.valid_from, p.valid_to, '[]')
              from above a join organisation_parent p
                on p.organisation_id = a.id and daterange(p.valid_from, p.valid_to, '[]') && a.days
        ) select from above where id = new.organisation_id
    ) then
        raise exception using errcode = 'AS409', message = 'organisation_cycle', detail = '{}';
    end if;
    perform set_config('app.system', was, true);
    return null;
end $$;
create trigger no_cycle after insert or update on organisation_parent
    for each row execute function refuse_cycle();

-- Coverage of places. `provinces` and `communes` are what the place means for a scope: itself, what lies below
-- it and every predecessor, worked out when the row is written (expand_place), so that no request walks the tree.
create table organisation_place (
    organisation_id uuid not null references organisation,
    place_code text not null,
    valid_from date not null,
    valid_to date,
    provinces text[] not null,
    communes text[] not null,
    nationwide boolean not null default false,
    primary key (organisation_id, place_code, valid_from),
    constraint ck_organisation_place_dates check (valid_to is null or valid_to >= valid_from),
    constraint ex_organisation_place_overlap exclude using gist
        (organisation_id with =, place_code with =, daterange(valid_from, valid_to, '[]') with &&)
);
call grant_app('organisation_place', 'select, insert, update, delete');

-- What an organisation covers must lie in the scope of who says so; the communes of a province of theirs included.
create function coverage_in_scope(p_provinces text[], p_communes text[], p_nationwide boolean) returns boolean
language plpgsql stable as $$
begin
    return scope_national() or not p_nationwide and p_provinces <@ scope_provinces()
        and not exists (select from unnest(p_communes) c
                         where not coalesce(c = any (scope_communes()) or province_of(c) = any (scope_provinces()), false));
end $$;

-- Read with the organisation, and written by those in whose places it sits: a unit of the whole network only nationally.
create procedure protect_with_organisation(target regclass, further text default '') language plpgsql as $$
begin
    call protect_with(target,
        'exists (select from organisation o where o.id = organisation_id and ((select scope_national())'
        ' or o.province_code = any ((select scope_provinces())::text[])'
        ' or o.commune_code = any ((select scope_communes())::text[])))' || further,
        'exists (select from organisation o where o.id = organisation_id)');
end $$;
call protect_with_organisation('organisation_parent',
    ' and exists (select from organisation o where o.id = parent_id)');
call protect_with_organisation('organisation_place', ' and coverage_in_scope(provinces, communes, nationwide)');

create table app_user (
    id uuid primary key,
    username text not null constraint uq_app_user_username unique,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    full_name text not null constraint ck_app_user_full_name check (nfc(full_name)),
    phone text,
    roles text[] not null constraint ck_app_user_roles check (cardinality(roles) > 0),
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    version integer not null default 1
);
create index ix_app_user_organisation on app_user (organisation_id);
call protect_rows('app_user', own => 'organisation_id');
call grant_app('app_user', 'select, insert, update');

-- Secrets stand apart from the records that lists read, so that no list can carry one.
create table user_password (
    user_id uuid primary key references app_user,
    password_hash text not null,
    changed_at timestamptz not null default now()
);
call grant_app('user_password', 'select, insert, update');

create table user_group (
    user_id uuid not null references app_user,
    group_id uuid not null,
    duty text not null constraint ck_user_group_duty check (duty in ('treasurer', 'collector')),
    valid_from date not null,
    valid_to date,
    primary key (user_id, group_id, valid_from),
    constraint ck_user_group_dates check (valid_to is null or valid_to >= valid_from),
    constraint ex_user_group_overlap
        exclude using gist (user_id with =, group_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index ix_user_group_group on user_group (group_id);
call protect_with('user_group', 'exists (select from app_user u where u.id = user_id)');
call grant_app('user_group', 'select, insert, update, delete');

create table device (
    id uuid primary key,
    user_id uuid not null references app_user,
    name text not null constraint ck_device_name check (nfc(name)),
    app_version text,
    registered_at timestamptz not null default now(),
    last_seen_at timestamptz,
    revoked_at timestamptz
);
create index ix_device_user on device (user_id);
call grant_app('device', 'select, insert, update');

create table api_client (
    id uuid primary key,
    client_id text not null constraint uq_api_client_client_id unique,
    name text not null constraint ck_api_client_name check (nfc(name)),
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    scopes text[] not null,
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    version integer not null default 1
);
create index ix_api_client_organisation on api_client (organisation_id);
call protect_rows('api_client', own => 'organisation_id');
call grant_app('api_client', 'select, insert, update');

create table client_secret (
    id uuid primary key,
    client_id uuid not null references api_client,
    secret_hash text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
create index ix_client_secret_client on client_secret (client_id);
call grant_app('client_secret', 'select, insert, update');

-- One session is one family of refresh tokens (a login on one device) or one grant of client credentials.
create table auth_session (
    id uuid primary key,
    user_id uuid references app_user,
    client_id uuid references api_client,
    device_id uuid references device,
    scopes text[],
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_why text,
    constraint ck_auth_session_one_holder check (num_nonnulls(user_id, client_id) = 1)
);
create index ix_auth_session_user on auth_session (user_id) where user_id is not null;
create index ix_auth_session_client on auth_session (client_id) where client_id is not null;
create index ix_auth_session_device on auth_session (device_id) where device_id is not null;
call grant_app('auth_session', 'select, insert, update');

create table refresh_token (
    token_hash bytea primary key,
    session_id uuid not null references auth_session,
    parent_hash bytea,
    issued_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index ix_refresh_token_session on refresh_token (session_id);
call grant_app('refresh_token', 'select, insert, update, delete');

create table signing_key (
    kid text primary key,
    algorithm text not null,
    public_jwk jsonb not null,
    sealed_private bytea not null,
    created_at timestamptz not null default now(),
    active_from timestamptz not null,
    retired_at timestamptz
);
call grant_app('signing_key', 'select');

-- Attempts per hashed key (user or address) and window; rows of their own, so that logins never wait for one another.
create table login_throttle (
    key_hash bytea not null,
    window_start timestamptz not null,
    failures integer not null,
    primary key (key_hash, window_start)
);
call grant_app('login_throttle', 'select, insert, update, delete');

create table audit_event (
    id uuid primary key,
    at timestamptz not null default now(),
    event text not null,
    network text not null,
    province_code text,
    commune_code text,
    actor_id uuid,
    actor_kind text not null,
    organisation_id uuid,
    subject_kind text not null,
    subject_id uuid,
    fields jsonb not null,
    request_id text
);
create index ix_audit_event_subject on audit_event (subject_id, id);
create index ix_audit_event_network on audit_event (network, province_code, id);
call protect_rows('audit_event', own => 'organisation_id');
call grant_app('audit_event', 'select, insert');
call append_only('audit_event');

-- Whoever acts knows who they are and leaves a trace, also while their organisation covers no place.
do $$ begin
    execute format($f$
        create policy own_row on app_user for select to %1$I using (id = (select scope_actor()));
        create policy own_row on api_client for select to %1$I using (id = (select scope_actor()));
        create policy own_row on organisation for select to %1$I using (id in (
            select organisation_id from app_user where id = (select scope_actor())
            union all select organisation_id from api_client where id = (select scope_actor())));
        create policy own_act on audit_event for insert to %1$I with check (actor_id = (select scope_actor()))
    $f$, current_setting('ansinh.app_role'));
end $$;
"""

# Who a session is, and what its holder may see, in one round trip: nothing of it is taken from a token.
ACTOR = """
create type actor_row as (
    session_id uuid, kind text, id uuid, name text, organisation_id uuid, network text, all_networks boolean,
    roles text[], scopes text[], nationwide boolean, provinces text[], communes text[], groups uuid[], device_id uuid
);

-- All text[] of a set, one after the other.
create aggregate joined(text[]) (sfunc = array_cat, stype = text[], initcond = '{}', parallel = safe);

-- What an organisation covers on a day, for a scope.
create function covered_by(p_organisation uuid, p_day date)
returns table (provinces text[], communes text[], nationwide boolean) language sql stable as $$
    select joined(p.provinces), joined(p.communes), coalesce(bool_or(p.nationwide), false) from organisation_place p
     where p.organisation_id = p_organisation and p.valid_from <= p_day and (p.valid_to is null or p.valid_to >= p_day)
$$;

-- Every write and every read of a hot path begins here, so it has as few statements as can be; and a function that is
-- assigned runs without a statement, at a tenth of the cost of `perform`.
create function begin_actor(p_session uuid) returns actor_row
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row;
    today constant date := local_today();
    done text := set_config('app.system', 'on', true);
begin
    select s.id, 'user', u.id, u.username, o.id, o.network, n.sees_all, u.roles, '{}',
           c.nationwide, c.provinces, c.communes, null, s.device_id into a
      from auth_session s
      join app_user u on u.id = s.user_id and u.disabled_at is null
      join organisation o on o.id = u.organisation_id and (o.closed_on is null or o.closed_on > today)
      join network n on n.code = o.network
      left join device d on d.id = s.device_id
      cross join covered_by(o.id, today) c
     where s.id = p_session and s.revoked_at is null and s.expires_at > now() and d.revoked_at is null;
    if a.session_id is null then
        select s.id, 'client', k.id, k.client_id, o.id, o.network, n.sees_all, '{}',
               (select coalesce(array_agg(x), '{}') from unnest(k.scopes) x where s.scopes is null or x = any (s.scopes)),
               c.nationwide, c.provinces, c.communes, null, null into a
          from auth_session s
          join api_client k on k.id = s.client_id and k.disabled_at is null
          join organisation o on o.id = k.organisation_id and (o.closed_on is null or o.closed_on > today)
          join network n on n.code = o.network
          cross join covered_by(o.id, today) c
         where s.id = p_session and s.revoked_at is null and s.expires_at > now();
    end if;
    if a.session_id is null then
        done := set_config('app.system', '', true);
        return null;
    end if;
    -- To view figures as well (viewer) shows a treasurer nobody else's people.
    if a.roles && array['treasurer', 'collector'] and a.roles <@ array['treasurer', 'collector', 'viewer'] then
        select coalesce(array_agg(distinct g.group_id), '{}') into a.groups from user_group g
         where g.user_id = a.id and g.valid_from <= today and (g.valid_to is null or g.valid_to >= today);
    end if;

    done := set_config('app.network', case when a.all_networks then '*' else a.network end, true);
    done := set_config('app.provinces', case when a.nationwide then '*' else a.provinces::text end, true);
    done := set_config('app.communes', a.communes::text, true);
    done := set_config('app.groups', case when a.groups is null then '*' else a.groups::text end, true);
    done := set_config('app.actor', a.id::text, true);
    done := set_config('app.organisation', a.organisation_id::text, true);
    done := set_config('app.system', '', true);
    return a;
end $$;

-- Before there is an actor: what a login needs, and no more.
create function find_login(p_username text)
returns table (user_id uuid, password_hash text, disabled boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.system', 'on', true);
    return query select u.id, p.password_hash, u.disabled_at is not null
      from app_user u left join user_password p on p.user_id = u.id where u.username = p_username;
    perform set_config('app.system', '', true);
end $$;

create function find_client(p_client_id text)
returns table (id uuid, scopes text[], disabled boolean, secret_id uuid, secret_hash text)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.system', 'on', true);
    return query select c.id, c.scopes, c.disabled_at is not null, s.id, s.secret_hash
      from api_client c
      left join client_secret s on s.client_id = c.id and s.revoked_at is null
           and (s.expires_at is null or s.expires_at > now())
     where c.client_id = p_client_id order by s.created_at desc;
    perform set_config('app.system', '', true);
end $$;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(SCOPE)
    run(TENANCY)
    run(ACTOR)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function find_client(text), find_login(text), begin_actor(uuid), covered_by(uuid, date);
        drop aggregate joined(text[]);
        drop type actor_row;
        drop table audit_event, login_throttle, signing_key, refresh_token, auth_session, client_secret, api_client,
            device, user_group, user_password, app_user, organisation_place, organisation_parent, organisation, network;
        drop procedure protect_with_organisation(regclass, text);
        drop function coverage_in_scope(text[], text[], boolean), refuse_cycle();
        drop procedure append_only(regclass);
        drop function refuse_change();
        drop procedure protect_rows(regclass, boolean, boolean, text);
        drop procedure protect_with(regclass, text, text, boolean);
        drop procedure grant_app(regclass, text);
        drop function local_today(), nfc(text), scope_organisation(), scope_actor(), scope_groups(), scope_all_groups(),
            scope_communes(), scope_provinces(), scope_national(), scope_network();
    """)
