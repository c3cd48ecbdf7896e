-- The log of deliveries that ended; the events themselves stay.
--
-- It takes away what ended before a moment (a day ago at the latest), the earliest first and no more than p_limit of it,
-- and returns how much it was. Rows that another transaction has locked are left for the next time.
create or replace function prune_deliveries(p_before timestamptz, p_limit integer) returns bigint
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

grant execute on function prune_deliveries to :"app_role";
