-- Look up which endpoints receive the next pending events, the earliest first. One call at a time, so that of two events
-- of a subject the earlier is never behind. Returns the number of events; null while another process does it.
create or replace function fan_out_events(p_now timestamptz, p_limit integer) returns integer
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
