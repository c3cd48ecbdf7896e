-- Whom somebody is about to be shown under an emergency access. Its own transaction cannot write, so this is another one, of
-- the same session, which commits before the answer is sent; what is shown whole stands in the audit as well. It wants the key
-- of the processes, because it says what another transaction read.
create or replace function note_emergency_reads(p_key bytea, p_session uuid, p_act text, p_members uuid[], p_reason text,
    p_searched_by text, p_searched_for text, p_request text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into read_audit (network, province_code, commune_code, actor_id, actor_kind, organisation_id, act, reason,
           member_id, searched_by, searched_for, shown, emergency_access_id)
    select coalesce(m.network, u.network), m.province_code, m.commune_code, u.id, 'user', u.organisation_id, p_act, p_reason,
           m.id, p_searched_by, p_searched_for, case when p_searched_by is not null then cardinality(p_members) end,
           s.emergency_access_id
      from auth_session s join app_user u on u.id = s.user_id
      left join member m on m.id = any (p_members)
     where s.id = p_session and (m.id is not null or p_searched_by is not null);
    insert into audit_event (id, event, network, province_code, commune_code, actor_id, actor_kind, organisation_id,
           subject_kind, subject_id, fields, request_id)
    select new_id(), 'member.seen_whole', m.network, m.province_code, m.commune_code, u.id, 'user', u.organisation_id, 'member',
           m.id, jsonb_build_object('reason', p_reason, 'emergency_access_id', s.emergency_access_id)
               || case when p_act = 'exported' then '{"exported": true}' else '{}' end::jsonb, p_request
      from auth_session s join app_user u on u.id = s.user_id
      join member m on m.id = any (p_members)
     where s.id = p_session and p_act in ('revealed', 'exported');
    perform set_config('app.system', '', true);
end $$;

grant execute on function note_emergency_reads to :"app_role";
