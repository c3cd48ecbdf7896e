-- Events that nobody has been looked up for yet. An insert-only list beside the events: a transaction that commits late
-- is found whenever it commits, which no cursor over `seq` could promise, and a batch pays for one row more of 8 bytes.
create table outbox_pending (
    seq bigint primary key
);
call grant_app('outbox_pending', 'insert');

create function note_outbox() returns trigger language plpgsql as $$
begin
    insert into outbox_pending (seq) select seq from added;
    return null;
end $$;
create trigger pending after insert on outbox_event
    referencing new table as added for each statement execute function note_outbox();

-- Where a partner is told. `kinds` null: of every kind. It is taken away by `deleted_at`, so that the log stays.
create table webhook (
    id uuid primary key,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text,
    commune_code text,
    client_id uuid references api_client,
    url text not null constraint ck_webhook_url check (length(url) <= 2000),
    kinds text[] constraint ck_webhook_kinds check (cardinality(kinds) > 0),
    description text constraint ck_webhook_description check (nfc(description)),
    disabled_at timestamptz,
    disabled_why text constraint ck_webhook_disabled_why check (disabled_why in ('asked', 'gone', 'failing')),
    failing_since timestamptz,
    deleted_at timestamptz,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    version integer not null default 1,
    constraint ck_webhook_disabled check ((disabled_at is null) = (disabled_why is null))
);
create index ix_webhook_organisation on webhook (organisation_id, id);
create index ix_webhook_client on webhook (client_id) where client_id is not null;
call protect_rows('webhook', own => 'organisation_id');
-- A partner system has its own endpoints and sees no others; who works for some groups only has none to look after.
do $do$ begin
    execute format('create policy of_staff_or_itself on webhook as restrictive to %I using ((select scope_all_groups())'
        ' and (client_id = (select scope_actor())'
        ' or not exists (select from api_client c where c.id = (select scope_actor()))))',
        current_setting('ansinh.app_role'));
end $do$;
call grant_app('webhook', 'select, insert, update');

-- Sealed with the server's secret key; one that was revoked is wiped.
create table webhook_secret (
    id uuid primary key,
    webhook_id uuid not null references webhook,
    sealed bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
create index ix_webhook_secret_webhook on webhook_secret (webhook_id);
call protect_with('webhook_secret', 'exists (select from webhook w where w.id = webhook_id)');
call grant_app('webhook_secret', 'select, insert, update');

-- One event for one endpoint. While it is pending: `due_at` is when to send it; null while an earlier one of the same
-- subject is pending; while it is being sent (`lease`), when somebody else may take it up. `attempts` numbers the log,
-- `tries` counts since it was last asked for, which began at `first_at`.
create table webhook_delivery (
    webhook_id uuid not null references webhook,
    seq bigint not null,
    event_id uuid not null,
    kind text not null,
    subject_id uuid not null,
    status text not null default 'pending' constraint ck_webhook_delivery_status
        check (status in ('pending', 'delivered', 'failed')),
    attempts integer not null default 0,
    tries integer not null default 0,
    first_at timestamptz,
    due_at timestamptz,
    lease uuid,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (webhook_id, seq),
    constraint uq_webhook_delivery_event unique (webhook_id, event_id),
    constraint ck_webhook_delivery_finished check ((status = 'pending') = (finished_at is null)),
    constraint ck_webhook_delivery_due check (due_at is null or status = 'pending'),
    constraint ck_webhook_delivery_lease check (lease is null or due_at is not null)
);
create index ix_webhook_delivery_due on webhook_delivery (webhook_id, due_at) where due_at is not null;
create index ix_webhook_delivery_pending on webhook_delivery (webhook_id, subject_id, seq) where status = 'pending';
create index ix_webhook_delivery_leased on webhook_delivery (webhook_id) where lease is not null;
call protect_with('webhook_delivery', 'exists (select from webhook w where w.id = webhook_id)');
call grant_app('webhook_delivery', 'select, insert, update');

-- The log: never a secret, never a header.
create table webhook_attempt (
    webhook_id uuid not null,
    seq bigint not null,
    number integer not null,
    at timestamptz not null,
    duration_ms integer not null,
    status_code integer,
    error text,
    answer text not null,
    primary key (webhook_id, seq, number),
    constraint fk_webhook_attempt_delivery foreign key (webhook_id, seq) references webhook_delivery
);
call protect_with('webhook_attempt', 'exists (select from webhook w where w.id = webhook_id)');
call grant_app('webhook_attempt', 'select');

-- Which endpoints hear which of these events (of one endpoint: p_webhook). One of a partner system hears of what that
-- system sent; one of an organisation of what its staff may see: its network (BHXH: all), its places, its own rows, and of
-- jobs only its own. A trial is for the endpoint that it tries.
create function webhook_audience(p_seqs bigint[], p_webhook uuid default null)
returns table (webhook_id uuid, seq bigint, event_id uuid, kind text, subject_id uuid) language sql stable as $$
    with listening as materialized (
        select w.id, w.kinds, w.client_id, w.organisation_id, w.network, n.sees_all, c.provinces, c.communes, c.nationwide
          from webhook w
          join network n on n.code = w.network
          join organisation o on o.id = w.organisation_id and (o.closed_on is null or o.closed_on > local_today())
         cross join covered_by(o.id, local_today()) c
         where w.deleted_at is null and w.disabled_at is null and (p_webhook is null or w.id = p_webhook)
           and (w.client_id is null
                or exists (select from api_client k where k.id = w.client_id and k.disabled_at is null))
    )
    select l.id, e.seq, e.id, e.kind, e.subject_id
      from outbox_event e
      join listening l on case
           when e.subject_kind = 'webhook' then l.id = e.subject_id
           when l.kinds is not null and e.kind <> all (l.kinds) then false
           when l.client_id is not null then l.client_id = e.client_id
           when e.subject_kind = 'job' then l.organisation_id = e.organisation_id
           else (l.sees_all or l.network = e.network)
                and (l.nationwide or e.province_code = any (l.provinces) or e.commune_code = any (l.communes)
                     or e.organisation_id = l.organisation_id) end
     where e.seq = any (p_seqs)
$$;

-- Of the pending deliveries of a subject the earliest is due, and the others wait for it. The caller holds the
-- endpoint's row, so that none comes in or ends meanwhile.
create function line_up_deliveries(p_webhook uuid, p_subjects uuid[], p_now timestamptz) returns void language sql as $$
    update webhook_delivery d set due_at = case when x.leads then p_now end
      from (select p.seq, p.seq = min(p.seq) over (partition by p.subject_id) as leads from webhook_delivery p
             where p.webhook_id = p_webhook and p.status = 'pending' and p.subject_id = any (p_subjects)) x
     where d.webhook_id = p_webhook and d.seq = x.seq and d.lease is null and (d.due_at is null) = x.leads
$$;

-- Look up who hears the next pending events, the earliest first. One at a time, so that of two events of a subject the
-- earlier is never behind. Returns how many events it took; null when another process is at it.
create function fan_out_events(p_now timestamptz, p_limit integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_seqs bigint[];
begin
    if not pg_try_advisory_xact_lock(hashtext('ansinh.webhooks.fan_out')) then
        return null;
    end if;
    perform set_config('app.system', 'on', true);
    with taken as (
        delete from outbox_pending where seq = any (array(select seq from outbox_pending order by seq limit p_limit))
        returning seq
    ) select array_agg(seq) into v_seqs from taken;
    if v_seqs is not null and exists (select from webhook where deleted_at is null and disabled_at is null) then
        perform id from webhook where deleted_at is null and disabled_at is null order by id for no key update;
        insert into webhook_delivery (webhook_id, seq, event_id, kind, subject_id, created_at, due_at)
        select a.webhook_id, a.seq, a.event_id, a.kind, a.subject_id, p_now,
               case when row_number() over (partition by a.webhook_id, a.subject_id order by a.seq) = 1
                     and not exists (select from webhook_delivery d where d.webhook_id = a.webhook_id
                                      and d.subject_id = a.subject_id and d.status = 'pending') then p_now end
          from webhook_audience(v_seqs) a
            on conflict do nothing;
    end if;
    perform set_config('app.system', '', true);
    return coalesce(cardinality(v_seqs), 0);
end $$;

-- Take due deliveries up for sending, at most p_each of an endpoint at a time over all processes. Endpoints that fail
-- are asked for apart (p_failing), so that they take no place from the others. One process at a time counts.
create function lease_deliveries(p_now timestamptz, p_until timestamptz, p_limit integer, p_each integer, p_failing boolean)
returns table (webhook_id uuid, seq bigint, lease uuid, url text, secret_ids uuid[], secrets bytea[], event_id uuid,
    kind text, at timestamptz, subject_id uuid, organisation_id uuid, data text, tries integer, first_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    perform pg_advisory_xact_lock(hashtext('ansinh.webhooks.lease'));
    perform set_config('app.system', 'on', true);
    return query
    with chosen as (
        select d.webhook_id, d.seq
          from webhook w
          join organisation o on o.id = w.organisation_id and (o.closed_on is null or o.closed_on > local_today())
         cross join lateral (
               select x.webhook_id, x.seq from webhook_delivery x
                where x.webhook_id = w.id and x.due_at <= p_now
                order by x.due_at
                limit greatest(0, p_each - (select count(*) from webhook_delivery l
                                             where l.webhook_id = w.id and l.lease is not null and l.due_at > p_now))
                  for no key update skip locked) d
         where w.deleted_at is null and w.disabled_at is null and (w.failing_since is not null) = p_failing
           and (w.client_id is null
                or exists (select from api_client k where k.id = w.client_id and k.disabled_at is null))
         order by random() limit p_limit
    ), leased as (
        update webhook_delivery d set lease = gen_random_uuid(), due_at = p_until, first_at = coalesce(d.first_at, p_now)
          from chosen c where d.webhook_id = c.webhook_id and d.seq = c.seq
        returning d.*
    )
    select l.webhook_id, l.seq, l.lease, w.url, s.ids, s.sealed, e.id, e.kind, e.at, e.subject_id, e.organisation_id,
           e.data::text, l.tries, l.first_at
      from leased l
      join webhook w on w.id = l.webhook_id
      join outbox_event e on e.seq = l.seq
     cross join lateral (
           select array_agg(s.id order by s.id desc) as ids, array_agg(s.sealed order by s.id desc) as sealed
             from webhook_secret s where s.webhook_id = l.webhook_id and s.revoked_at is null
              and (s.expires_at is null or s.expires_at > p_now)) s;
    perform set_config('app.system', '', true);
end $$;

-- Note an attempt and what follows from it: delivered, pending until p_due, or failed for good. An endpoint that says
-- that it is gone (p_gone), or with which nothing has succeeded for p_patience, is disabled. An attempt whose lease
-- somebody else took over is noted only. Returns why the endpoint was disabled, if it was.
create function finish_delivery(p_webhook uuid, p_seq bigint, p_lease uuid, p_at timestamptz, p_duration integer,
    p_code integer, p_error text, p_answer text, p_status text, p_due timestamptz, p_gone boolean, p_patience interval,
    p_audit uuid) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    w webhook;
    v_held boolean;
    v_number integer;
    v_subject uuid;
    v_why text;
begin
    perform set_config('app.system', 'on', true);
    select * into w from webhook where id = p_webhook for no key update;
    select coalesce(d.lease = p_lease, false) into v_held from webhook_delivery d
     where d.webhook_id = p_webhook and d.seq = p_seq;
    update webhook_delivery d
       set attempts = d.attempts + 1,
           tries = d.tries + v_held::integer,
           status = case when v_held then p_status else d.status end,
           due_at = case when not v_held then d.due_at when p_status = 'pending' then p_due end,
           lease = case when not v_held then d.lease end,
           finished_at = case when not v_held then d.finished_at when p_status <> 'pending' then p_at end
     where d.webhook_id = p_webhook and d.seq = p_seq
    returning d.attempts, d.subject_id into v_number, v_subject;
    insert into webhook_attempt (webhook_id, seq, number, at, duration_ms, status_code, error, answer)
    values (p_webhook, p_seq, v_number, p_at, p_duration, p_code, p_error, p_answer);
    if v_held and p_status <> 'pending' then
        perform line_up_deliveries(p_webhook, array[v_subject], p_at);
    end if;
    if p_status = 'delivered' then
        update webhook set failing_since = null where id = p_webhook and failing_since is not null;
    elsif w.disabled_at is null and w.deleted_at is null then
        v_why := case when p_gone then 'gone' when w.failing_since <= p_at - p_patience then 'failing' end;
        update webhook
           set failing_since = coalesce(failing_since, p_at), disabled_why = v_why,
               disabled_at = case when v_why is not null then p_at end,
               version = version + (v_why is not null)::integer
         where id = p_webhook and (failing_since is null or v_why is not null);
        if v_why is not null then
            insert into audit_event (id, event, network, province_code, commune_code, actor_kind, organisation_id,
                subject_kind, subject_id, fields)
            values (p_audit, 'webhook.disabled', w.network, w.province_code, w.commune_code, 'system', w.organisation_id,
                'webhook', w.id, jsonb_build_object('why', v_why));
        end if;
    end if;
    perform set_config('app.system', '', true);
    return v_why;
end $$;
