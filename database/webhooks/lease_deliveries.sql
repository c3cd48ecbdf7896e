-- Lease due deliveries for sending, at most p_each of an endpoint at a time over all processes. Endpoints that fail
-- are asked for apart (p_failing), so that they take no place from the others. One process at a time counts. It gives
-- everybody's messages and sealed secrets away, so it asks for the key of the processes.
create or replace function lease_deliveries(p_key bytea, p_now timestamptz, p_until timestamptz, p_limit integer,
    p_each integer, p_failing boolean)
returns table (webhook_id uuid, seq bigint, lease uuid, url text, secret_ids uuid[], secrets bytea[], event_id uuid,
    kind text, at timestamptz, subject_id uuid, organisation_id uuid, data text, tries integer, first_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    perform require_process(p_key);
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

grant execute on function lease_deliveries(bytea, timestamptz, timestamptz, integer, integer, boolean) to :"app_role";
