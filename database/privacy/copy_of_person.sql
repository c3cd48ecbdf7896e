-- Everything that is kept of one member of the actor's, by table and over all places of the register: for the person.
--
-- Each table of the registry (app/privacy/registry) that belongs to a member has its rows here as they are; the caller
-- leaves out what says nothing. That it was settled whose a number is, is left out here: it tells who makes the copy of
-- somebody else (docs/decisions/0016). tests/privacy/test_copy.py compares the tables with the registry.
create or replace function copy_of_person(p_member uuid) returns jsonb
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    m member;
    enrolments uuid[];
    payments uuid[];
    subjects uuid[];
    found jsonb;
begin
    perform fold_reads();
    perform set_config('app.system', 'on', true);
    select * into m from member p where p.id = p_member and sees_member(p.network, p.province_code, p.commune_code);
    if m.id is null then
        perform set_config('app.system', was, true);
        return null;
    end if;
    enrolments := array(select e.id from enrolment e where e.member_id = m.id);
    payments := array(select p.id from premium_payment p where p.member_id = m.id);
    subjects := m.id || enrolments || payments;
    found := jsonb_build_object(
        'member', rows_as_json(array[to_jsonb(m)]),
        'household', rows_as_json(array(select to_jsonb(t) from household t where t.id = m.household_id)),
        'consent', rows_as_json(array(select to_jsonb(t) from consent t where t.member_id = m.id order by t.created_at)),
        'support_group', rows_as_json(array(select to_jsonb(t) from support_group t where t.member_id = m.id)),
        'data_request', rows_as_json(array(select to_jsonb(t) from data_request t where t.member_id = m.id)),
        'membership', rows_as_json(array(select to_jsonb(t) from membership t where t.member_id = m.id)),
        'pledge', rows_as_json(array(select to_jsonb(t) from pledge t join membership s on s.id = t.membership_id
            where s.member_id = m.id)),
        'account', rows_as_json(array(select to_jsonb(t) from account t where t.member_id = m.id)));
    found := found || jsonb_build_object(
        'ledger_txn', rows_as_json(array(select to_jsonb(t) from ledger_txn t
            where t.member_id = m.id and t.group_id in (select a.group_id from account a where a.member_id = m.id)
            order by t.seq)),
        'posting', rows_as_json(array(select to_jsonb(t) from posting t join account a on a.id = t.account_id
            where a.member_id = m.id order by t.account_id, t.account_version)),
        'organisation_txn', rows_as_json(array(select to_jsonb(t) from organisation_txn t where t.member_id = m.id order by t.seq)),
        'savings_group', rows_as_json(array(select jsonb_build_object('id', t.id, 'code', t.code, 'leader_id', t.leader_id,
            'treasurer_id', t.treasurer_id, 'note', t.note) from savings_group t
            where m.id in (t.leader_id, t.treasurer_id))),
        'enrolment', rows_as_json(array(select to_jsonb(t) from enrolment t where t.id = any (enrolments) order by t.id)),
        'coverage', rows_as_json(array(select to_jsonb(t) from coverage t where t.member_id = m.id)),
        'renewal_reminder', rows_as_json(array(select to_jsonb(t) from renewal_reminder t join coverage c
            on c.id = t.coverage_id where c.member_id = m.id)),
        'other_insurance', rows_as_json(array(select to_jsonb(t) from other_insurance t where t.member_id = m.id)));
    found := found || jsonb_build_object(
        'premium_payment', rows_as_json(array(select to_jsonb(t) from premium_payment t where t.id = any (payments))),
        'premium_source', rows_as_json(array(select to_jsonb(t) from premium_source t where t.payment_id = any (payments))),
        'premium_advance', rows_as_json(array(select to_jsonb(t) from premium_advance t where t.member_id = m.id)),
        'premium_repayment', rows_as_json(array(select to_jsonb(t) from premium_repayment t join premium_advance a
            on a.id = t.advance_id where a.member_id = m.id)),
        'premium_refund', rows_as_json(array(select to_jsonb(t) from premium_refund t where t.member_id = m.id)),
        'export_row', rows_as_json(array(select to_jsonb(t) from export_row t
            where t.enrolment_id = any (enrolments) or t.payment_id = any (payments))),
        'award', rows_as_json(array(select to_jsonb(t) from award t where t.recipient_member_id = m.id)),
        'outbox_event', rows_as_json(array(select to_jsonb(t) from outbox_event t where t.subject_id = any (subjects)
            order by t.seq)),
        'audit_event', rows_as_json(array(select to_jsonb(t) from audit_event t where t.subject_id = any (subjects)
            and t.event <> 'member.number_settled' order by t.id)),
        'read_audit', rows_as_json(array(select to_jsonb(t) - 'seq' from read_audit t where t.member_id = m.id order by t.seq)));
    perform set_config('app.system', was, true);
    return found;
end $$;

grant execute on function copy_of_person to :"app_role";
