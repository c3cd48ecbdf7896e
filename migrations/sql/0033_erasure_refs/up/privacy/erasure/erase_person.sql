-- Empties what says who a member is, everywhere: the register, what waits, batches, announcements, requests and the
-- audit's fields. The books keep a number, and every sum.
--
-- Its caller has locked the member, set `app.system`, knows that nothing speaks against it, and called `erase_files`. What is
-- emptied stands in the registry (app/privacy/registry): tests/privacy/test_erasure.py looks for what is left.
create or replace function erase_person(p_member uuid) returns void language plpgsql as $$
declare
    anonymous constant text := 'Người đã ẩn danh';
    m member;
    enrolments constant uuid[] := array(select e.id from enrolment e where e.member_id = p_member);
    payments constant uuid[] := array(select p.id from premium_payment p where p.member_id = p_member);
    batches constant uuid[] := array(select distinct e.batch_id from enrolment e
                                      where e.member_id = p_member and e.batch_id is not null);
begin
    perform fold_reads();
    select * into m from member where id = p_member;
    perform erase_elsewhere(m);
    update member set full_name = anonymous, search_name = 'nguoi da an danh', birth_date = null, sex = null,
           national_id = null, social_insurance_no = null, health_card_no = null, phone = null, occupation = null,
           household_id = null, relation_to_head = null, hamlet_code = null, died_on = null, number_claim = null,
           number_status = 'confirmed', number_to_check = false, number_distinct_from = '{}', anonymised_at = now(),
           updated_at = now(), version = version + 1
     where id = m.id;
    update household h set head_member_id = null, updated_at = now(), version = h.version + 1
     where h.head_member_id = m.id;
    update household h set code = null, address = null, hamlet_code = null, updated_at = now(), version = h.version + 1
     where h.id = m.household_id and not exists (select from member o where o.household_id = h.id);
    delete from support_group where member_id = m.id;
    delete from other_insurance where member_id = m.id;
    update consent set guardian_name = case when guardian_name is not null then anonymous end,
           withdrawn_at = coalesce(withdrawn_at, now())
     where member_id = m.id and (guardian_name is not null or withdrawn_at is null);
    update data_request set requester_name = null, details = null, answer = null where member_id = m.id;
    update savings_group set leader_id = nullif(leader_id, m.id), treasurer_id = nullif(treasurer_id, m.id)
     where m.id in (leader_id, treasurer_id);
    update award set recipient_text = null, note = null where recipient_member_id = m.id;
    -- A hash of what was sent can be tried out with names and numbers, so it goes as well.
    update enrolment set support_group = null, relation_to_head = null, external_ref = null, reasons = '[]',
           content_hash = sha256(id::text::bytea), status = case when status = 'draft' then 'withdrawn' else status end
     where member_id = m.id;
    update enrolment_merge set before = before || '{"reasons": []}'
     where keep_id = any (enrolments) or drop_id = any (enrolments);
    update ledger_txn t set note = null, source = null
      from account a
     where a.member_id = m.id and t.group_id = a.group_id and t.member_id = m.id
       and (t.note is not null or t.source is not null);
    perform erase_rows(m.id);
    update outbox_event set data = jsonb_set(data, '{external_ref}', 'null')
     where subject_id = any (enrolments) and data ? 'external_ref';
    update webhook_attempt t set answer = ''
      from webhook_delivery d
     where d.webhook_id = t.webhook_id and d.seq = t.seq and d.subject_id = any (enrolments || payments) and t.answer <> '';
    update audit_event set fields = erased_fields(fields)
     where subject_id = any (m.id || enrolments) and fields <> erased_fields(fields);
    update read_audit set searched_for = null where member_id = m.id and searched_for is not null;
    update enrolment_batch b set items = erased_items(b.items, m.id) where b.id = any (batches);
end $$;
