-- Announces values of the law that run out, each once for its last day, to BHXH: the state's to the nationwide offices, a
-- province's own to those of the province. Returns how many were announced now; none while BHXH has no organisation.
create or replace function remind_expiring_rules(p_key bytea, p_rules json) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    told bigint;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    with told_to as (
        select o.id, o.network from organisation o join network n on n.code = o.network and n.sees_all
         where o.closed_on is null or o.closed_on > local_today()
         order by o.level <> 'national', o.created_at, o.id limit 1
    ), marked as (
        update insurance_rule r set reminded_of = x.last_day, version = r.version + 1
          from json_to_recordset(p_rules) as x (id uuid, last_day date, data jsonb)
         where r.id = x.id and r.reminded_of is distinct from x.last_day and exists (select from told_to)
        returning r.id, r.province_code, x.data
    ), announced as (
        insert into outbox_event (id, kind, network, organisation_id, province_code, subject_kind, subject_id, data)
        select gen_random_uuid(), 'insurance_rule.expiring', t.network, t.id, m.province_code, 'insurance_rule', m.id, m.data
          from marked m cross join told_to t
         order by m.id
        returning 1
    )
    select count(*) into told from announced;
    perform set_config('app.system', was, true);
    return told;
end $$;

grant execute on function remind_expiring_rules(bytea, json) to :"app_role";
