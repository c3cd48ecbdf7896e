-- Empties what rows of others say of a member, who is still as they were: guardians and who asks for another, organisers,
-- payers, collectors, notes and references.
--
-- Such a text has no id beside it. A number or phone is theirs in whichever text. The name is theirs in rows of their
-- household, and in the books of their groups where nobody else in their commune's register has it. All other rows with the
-- name stay, for it may be somebody's who is in no register; an officer is told of them (`trace_doubt`).
create or replace function erase_elsewhere(m member) returns void language plpgsql as $$
declare
    anonymous constant text := 'Người đã ẩn danh';
    alone constant boolean := not exists (
        select from member o where o.commune_code = m.commune_code and o.search_name = m.search_name
           and o.network = m.network and o.id <> m.id);
    numbers constant text[] := array_remove(array[m.national_id, m.social_insurance_no, m.health_card_no, m.phone], null);
    household constant uuid[] := array(
        select o.id from member o where o.household_id = m.household_id and o.id <> m.id and m.household_id is not null);
begin
    update consent c set guardian_name = anonymous
     where c.commune_code = m.commune_code and c.network = m.network and c.guardian_name is not null
       and names_person(c.guardian_name, m.full_name, numbers, c.member_id = any (household));
    update data_request r
       set requester_name = erased_text(r.requester_name, own.name, numbers), details = erased_text(r.details, own.name, numbers),
           answer = erased_text(r.answer, own.name, numbers)
      from data_request o cross join lateral (select case when o.member_id = any (household) then m.full_name end as name) own
     where r.id = o.id and r.province_code = m.province_code and r.commune_code = m.commune_code and r.network = m.network
       and r.member_id <> m.id
       and names_person(concat_ws(E'\n', r.requester_name, r.details, r.answer), m.full_name, numbers, own.name is not null);
    update ledger_txn t
       set note = case when names_person(t.note, m.full_name, numbers, alone) then null else t.note end,
           source = case when names_person(t.source, m.full_name, numbers, alone) then null else t.source end
      from (select distinct s.group_id from membership s where s.member_id = m.id) own
     where t.group_id = own.group_id and (t.note is not null or t.source is not null)
       and (names_person(t.note, m.full_name, numbers, alone) or names_person(t.source, m.full_name, numbers, alone));
    update enrolment e set external_ref = null
     where e.member_id = any (household) and names_person(e.external_ref, null, numbers, false);
    update outbox_event o set data = jsonb_set(o.data, '{external_ref}', 'null')
      from enrolment e
     where e.member_id = any (household) and o.subject_id = e.id
       and names_person(o.data ->> 'external_ref', null, numbers, false);
    update campaign c set organiser_name = anonymous
     where c.province_code = m.province_code and c.commune_code = m.commune_code and c.network = m.network
       and names_person(c.organiser_name, null, numbers, false);
    update award a set recipient_text = anonymous
     where a.province_code = m.province_code and a.commune_code = m.commune_code and a.network = m.network
       and names_person(a.recipient_text, null, numbers, false) and a.recipient_member_id is distinct from m.id;
    update payout p set payer_name = null
     where p.province_code = m.province_code and p.commune_code = m.commune_code and p.network = m.network
       and names_person(p.payer_name, null, numbers, false);
    perform remove_workbooks(array(
        select l.id from export_list l
         where l.province_code = m.province_code and l.commune_code = m.commune_code and l.network = m.network
           and names_person(concat_ws(' ', l.collector_name, l.collector_code), null, numbers, false)));
    update export_list l set collector_name = null, collector_code = null
     where l.province_code = m.province_code and l.commune_code = m.commune_code and l.network = m.network
       and names_person(concat_ws(' ', l.collector_name, l.collector_code), null, numbers, false);
    if alone then
        perform doubt_elsewhere(m, household);
    end if;
end $$;
