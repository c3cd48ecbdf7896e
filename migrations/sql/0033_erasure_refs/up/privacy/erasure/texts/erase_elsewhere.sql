-- Masks the numbers of a member, whose name and place are as they were, in what rows of others say: guardians, who asks for another,
-- organisers, payers, recipients, collectors, notes and references.
--
-- Such a text has no id beside it. A whole number is the person's; a name may be anybody's and a phone a household's, so those
-- stay, and an officer is told (`doubt_elsewhere`). A reference goes as a whole: it is looked up whole, and two that are masked
-- may become one, which their sender's must never be. p_since: what an officer kept since then is no doubt again.
create or replace function erase_elsewhere(m member, p_numbers text[], p_since timestamptz) returns void language plpgsql as $$
declare
    numbers constant text[] := own_numbers(m.id, m.network, p_numbers);
    lists uuid[];
    household constant uuid[] := array(
        select o.id from member o where o.household_id = m.household_id and o.id <> m.id and m.household_id is not null);
begin
    update consent c set guardian_name = masked_text(c.guardian_name, numbers)
     where c.commune_code = m.commune_code and c.network = m.network and c.guardian_name is not null
       and c.guardian_name <> masked_text(c.guardian_name, numbers);
    update data_request r
       set requester_name = masked_text(r.requester_name, numbers), details = masked_text(r.details, numbers),
           answer = masked_text(r.answer, numbers)
     where r.province_code = m.province_code and r.commune_code = m.commune_code and r.network = m.network
       and (r.requester_name, r.details, r.answer) is distinct from
           (masked_text(r.requester_name, numbers), masked_text(r.details, numbers), masked_text(r.answer, numbers));
    update ledger_txn t set note = masked_text(t.note, numbers), source = masked_text(t.source, numbers)
      from (select distinct s.group_id from membership s where s.member_id = m.id) own
     where t.group_id = own.group_id and (t.note is not null or t.source is not null)
       and (t.note, t.source) is distinct from (masked_text(t.note, numbers), masked_text(t.source, numbers));
    update enrolment e set external_ref = null
     where e.member_id = any (household) and e.external_ref <> masked_text(e.external_ref, numbers);
    update outbox_event o set data = jsonb_set(o.data, '{external_ref}', 'null')
      from enrolment e
     where e.member_id = any (household) and o.subject_id = e.id
       and o.data ->> 'external_ref' <> masked_text(o.data ->> 'external_ref', numbers);
    update campaign c set organiser_name = masked_text(c.organiser_name, numbers)
     where c.province_code = m.province_code and c.commune_code = m.commune_code and c.network = m.network
       and c.organiser_name <> masked_text(c.organiser_name, numbers);
    update award a set recipient_text = masked_text(a.recipient_text, numbers)
     where a.province_code = m.province_code and a.commune_code = m.commune_code and a.network = m.network
       and a.recipient_text <> masked_text(a.recipient_text, numbers);
    update payout p set payer_name = masked_text(p.payer_name, numbers)
     where p.province_code = m.province_code and p.commune_code = m.commune_code and p.network = m.network
       and p.payer_name <> masked_text(p.payer_name, numbers);
    with masked as (
        update export_list l
           set collector_name = masked_text(l.collector_name, numbers), collector_code = masked_text(l.collector_code, numbers)
         where l.province_code = m.province_code and l.commune_code = m.commune_code and l.network = m.network
           and (l.collector_name, l.collector_code) is distinct from
               (masked_text(l.collector_name, numbers), masked_text(l.collector_code, numbers))
        returning l.id
    )
    select array_agg(k.id) into lists from masked k;
    perform remove_workbooks(lists);
    perform doubt_elsewhere(m, household, p_numbers, p_since);
end $$;
