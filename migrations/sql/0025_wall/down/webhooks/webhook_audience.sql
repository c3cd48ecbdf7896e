-- Which endpoints receive which of these events (p_webhook: only this endpoint). A partner system's receives what that
-- system sent; an organisation's, what its staff may see: its network (BHXH: all), its places, its own rows, and of
-- jobs only its own. A test event is for the endpoint that it tests.
create or replace function webhook_audience(p_seqs bigint[], p_webhook uuid default null)
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
