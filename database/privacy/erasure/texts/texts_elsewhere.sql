-- The texts of others in a member's commune, household and groups that may name the member without an id beside.
create or replace function texts_elsewhere(m member, p_household uuid[]) returns table (kind text, id uuid, words text)
language sql stable as $$
    select 'consent', c.id, c.guardian_name from consent c
     where c.commune_code = m.commune_code and c.network = m.network and c.guardian_name is not null and c.member_id <> m.id
    union all
    select 'data_request', r.id, concat_ws(E'\n', r.requester_name, r.details, r.answer) from data_request r
     where r.province_code = m.province_code and r.commune_code = m.commune_code and r.network = m.network
       and r.member_id <> m.id
    union all
    select 'ledger_txn', t.id, concat_ws(E'\n', t.note, t.source) from ledger_txn t
     where t.group_id in (select s.group_id from membership s where s.member_id = m.id)
       and (t.note is not null or t.source is not null) and t.member_id is distinct from m.id
    union all
    select 'enrolment', e.id, e.external_ref from enrolment e where e.member_id = any (p_household)
    union all
    select 'campaign', c.id, c.organiser_name from campaign c
     where c.province_code = m.province_code and c.commune_code = m.commune_code and c.network = m.network
    union all
    select 'award', a.id, a.recipient_text from award a
     where a.province_code = m.province_code and a.commune_code = m.commune_code and a.network = m.network
       and a.recipient_member_id is distinct from m.id
    union all
    select 'payout', p.id, p.payer_name from payout p
     where p.province_code = m.province_code and p.commune_code = m.commune_code and p.network = m.network
    union all
    select 'export_list', l.id, concat_ws(E'\n', l.collector_name, l.collector_code) from export_list l
     where l.province_code = m.province_code and l.commune_code = m.commune_code and l.network = m.network
$$;
