-- Note an attempt and what follows from it: delivered, pending until p_due, or failed for good. An endpoint that says
-- that it is gone (p_gone), or with which nothing has succeeded for p_patience, is disabled. An attempt whose lease
-- somebody else took over is noted only. Returns why the endpoint was disabled, if it was.
create or replace function finish_delivery(p_webhook uuid, p_seq bigint, p_lease uuid, p_at timestamptz, p_duration integer,
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

grant execute on function finish_delivery(uuid, bigint, uuid, timestamptz, integer, integer, text, text, text, timestamptz, boolean, interval, uuid) to :"app_role";
