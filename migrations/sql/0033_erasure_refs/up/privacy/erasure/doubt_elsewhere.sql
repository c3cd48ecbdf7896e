-- Notes for an officer which rows of others in a member's commune have the member's name, and may mean somebody else.
create or replace function doubt_elsewhere(m member, p_household uuid[]) returns void language sql as $$
    insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows)
    select d.kind, d.id, '', 0, false, '{}'::text[] from (
        select 'consent' as kind, c.id from consent c
         where c.commune_code = m.commune_code and c.network = m.network and c.guardian_name is not null
           and c.member_id <> m.id and not c.member_id = any (p_household) and names_person(c.guardian_name, m.full_name, '{}', true)
        union all
        select 'data_request', r.id from data_request r
         where r.province_code = m.province_code and r.commune_code = m.commune_code and r.network = m.network
           and r.member_id <> m.id and not r.member_id = any (p_household)
           and names_person(concat_ws(E'\n', r.requester_name, r.details, r.answer), m.full_name, '{}', true)
        union all
        select 'campaign', c.id from campaign c
         where c.province_code = m.province_code and c.commune_code = m.commune_code and c.network = m.network
           and names_person(c.organiser_name, m.full_name, '{}', true)
        union all
        select 'award', a.id from award a
         where a.province_code = m.province_code and a.commune_code = m.commune_code and a.network = m.network
           and names_person(a.recipient_text, m.full_name, '{}', true) and a.recipient_member_id is distinct from m.id
        union all
        select 'payout', p.id from payout p
         where p.province_code = m.province_code and p.commune_code = m.commune_code and p.network = m.network
           and names_person(p.payer_name, m.full_name, '{}', true)
        union all
        select 'export_list', l.id from export_list l
         where l.province_code = m.province_code and l.commune_code = m.commune_code and l.network = m.network
           and names_person(l.collector_name, m.full_name, '{}', true)
    ) d
    on conflict do nothing
$$;
