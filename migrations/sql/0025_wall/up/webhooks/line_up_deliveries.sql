-- Of the pending deliveries of a subject the earliest is due, and the others wait for it. The caller holds the
-- endpoint's row, so that none comes in or ends meanwhile.
create or replace function line_up_deliveries(p_webhook uuid, p_subjects uuid[], p_now timestamptz) returns void language sql as $$
    update webhook_delivery d set due_at = case when x.leads then p_now end
      from (select p.seq, p.seq = min(p.seq) over (partition by p.subject_id) as leads from webhook_delivery p
             where p.webhook_id = p_webhook and p.status = 'pending' and p.subject_id = any (p_subjects)) x
     where d.webhook_id = p_webhook and d.seq = x.seq and d.lease is null and (d.due_at is null) = x.leads
$$;

grant execute on function line_up_deliveries to :"app_role";
