-- Records what somebody did who is nobody yet: a failed login, a refused token. It is about a user or a partner system, whose
-- network, place and organisation it gets, or about nobody that we know: then only BHXH's national staff read it.
create or replace function record_security_event(p_key bytea, p_id uuid, p_event text, p_subject uuid, p_fields jsonb,
    p_request text) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into audit_event (id, event, network, province_code, commune_code, actor_kind, organisation_id, subject_kind,
           subject_id, fields, request_id)
    select p_id, p_event, coalesce(x.network, 'bhxh'), x.province_code, x.commune_code, 'nobody', x.organisation_id,
           split_part(p_event, '.', 1), x.id, p_fields, p_request
      from (select) as one
      left join (select id, network, province_code, commune_code, organisation_id from app_user where id = p_subject
                 union all
                 select id, network, province_code, commune_code, organisation_id from api_client where id = p_subject
           ) as x on true;
    perform set_config('app.system', was, true);
end $$;

grant execute on function record_security_event(bytea, uuid, text, uuid, jsonb, text) to :"app_role";
