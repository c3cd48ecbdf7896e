-- Announces what ends within so many days and is not renewed, each once. Returns how many were announced now.
create or replace function remind_renewals(p_key bytea, p_on date, p_days integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    told bigint;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    with marked as (
        insert into renewal_reminder (coverage_id, due_on, network, organisation_id, province_code, commune_code, group_id)
        select c.id, c.valid_to, c.network, c.organisation_id, c.province_code, c.commune_code, c.group_id
          from coverage c
          join enrolment e on e.id = c.enrolment_id and e.status <> 'ended'
          join member m on m.id = c.member_id and m.died_on is null
         where c.valid_to between p_on and p_on + p_days and c.ended_on is null and not is_followed(c.id)
           and not exists (select from renewal_reminder r where r.coverage_id = c.id and r.due_on = c.valid_to)
         order by c.id
            on conflict do nothing
        returning coverage_id, due_on
    ), announced as (
        insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, client_id, subject_kind,
               subject_id, data)
        select gen_random_uuid(), 'enrolment.due', e.network, e.organisation_id, e.province_code, e.commune_code,
               e.client_id, 'enrolment', e.id,
               jsonb_build_object('status', e.status, 'external_ref', e.external_ref, 'product', c.product,
                   'method', c.method, 'coverage_id', c.id, 'due_on', x.due_on,
                   'pay_by', renewal_deadline(c.product, c.method, c.valid_to))
          from marked x join coverage c on c.id = x.coverage_id join enrolment e on e.id = c.enrolment_id
         order by c.id
        returning 1
    )
    select count(*) into told from announced;
    perform set_config('app.system', was, true);
    return told;
end $$;

grant execute on function remind_renewals(bytea, date, integer) to :"app_role";
