-- Empties what has the id of a member who was erased, but for the register: it can be done again, and is at the end of their
-- search, because a transaction beside the erasure may have written of somebody whom it had read before.
--
-- p_until: requests that were received later are of the time after, and stay.
create or replace function erase_by_id(p_member uuid, p_until timestamptz) returns void language plpgsql as $$
declare
    anonymous constant text := 'Người đã ẩn danh';
    enrolments constant uuid[] := array(select e.id from enrolment e where e.member_id = p_member);
    payments constant uuid[] := array(select p.id from premium_payment p where p.member_id = p_member);
    batches constant uuid[] := array(select distinct e.batch_id from enrolment e
                                      where e.member_id = p_member and e.batch_id is not null);
begin
    perform fold_reads();
    delete from support_group where member_id = p_member;
    delete from other_insurance where member_id = p_member;
    update consent set guardian_name = case when guardian_name is not null then anonymous end,
           withdrawn_at = coalesce(withdrawn_at, now())
     where member_id = p_member and (guardian_name is not null or withdrawn_at is null);
    update data_request set requester_name = null, details = null, answer = null
     where member_id = p_member and created_at <= p_until and coalesce(requester_name, details, answer) is not null;
    update savings_group set leader_id = nullif(leader_id, p_member), treasurer_id = nullif(treasurer_id, p_member)
     where p_member in (leader_id, treasurer_id);
    update award set recipient_text = null, note = null
     where recipient_member_id = p_member and coalesce(recipient_text, note) is not null;
    -- A hash of what was sent can be tried out with names and numbers, so it goes as well.
    update enrolment set support_group = null, proof_kind = null, proof_no = null, proof_issued_by = null,
           proof_valid_until = null, relation_to_head = null, external_ref = null, reasons = '[]',
           content_hash = sha256(id::text::bytea), status = case when status = 'draft' then 'withdrawn' else status end
     where member_id = p_member and content_hash is distinct from sha256(id::text::bytea);
    update enrolment_merge set before = before || '{"reasons": []}'
     where keep_id = any (enrolments) or drop_id = any (enrolments);
    update ledger_txn t set note = null, source = null
      from account a
     where a.member_id = p_member and t.group_id = a.group_id and t.member_id = p_member
       and (t.note is not null or t.source is not null);
    perform erase_rows(p_member);
    update outbox_event set data = jsonb_set(data, '{external_ref}', 'null')
     where subject_id = any (enrolments) and data ? 'external_ref';
    update webhook_attempt t set answer = ''
      from webhook_delivery d
     where d.webhook_id = t.webhook_id and d.seq = t.seq and d.subject_id = any (enrolments || payments) and t.answer <> '';
    update audit_event set fields = erased_fields(fields)
     where subject_id = any (p_member || enrolments) and fields <> erased_fields(fields);
    update read_audit set searched_for = null where member_id = p_member and searched_for is not null;
    update enrolment_batch b set items = erased_items(b.items, p_member)
     where b.id = any (batches) and b.items <> erased_items(b.items, p_member);
end $$;
