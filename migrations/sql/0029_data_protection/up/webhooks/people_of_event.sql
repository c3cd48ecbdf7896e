-- Of a delivery's event, the people whom it is about: their names, and their numbers and phones, so that what a receiver
-- answers can be kept without them. It gives those of everybody away, so it asks for the key of the processes.
create or replace function people_of_event(p_key bytea, p_seq bigint) returns table (names text[], numbers text[])
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    return query
    with subject as (
        select e.subject_kind as kind, e.subject_id as id from outbox_event e where e.seq = p_seq
    ), people as (
        select m.full_name, array[m.national_id, m.social_insurance_no, m.health_card_no, m.phone] as numbers
          from subject s join enrolment e on e.id = s.id join member m on m.id = e.member_id where s.kind = 'enrolment'
        union all
        select m.full_name, array[m.national_id, m.social_insurance_no, m.health_card_no, m.phone]
          from subject s join premium_payment p on p.id = s.id join member m on m.id = p.member_id
         where s.kind = 'premium_payment'
        union all
        select u.full_name, array[u.phone]
          from subject s join emergency_access a on a.id = s.id
          join app_user u on u.id in (a.requested_by, a.decided_by, a.ended_by, a.reviewed_by)
         where s.kind = 'emergency_access'
        union all
        select u.full_name, array[u.phone]
          from subject s join job j on j.id = s.id join app_user u on u.id = j.asked_by where s.kind = 'job'
    )
    select coalesce(array_agg(distinct p.full_name), '{}'),
           coalesce(array_agg(distinct n.number) filter (where n.number is not null), '{}')
      from people p cross join lateral unnest(p.numbers) as n(number);
    perform set_config('app.system', '', true);
end $$;

grant execute on function people_of_event to :"app_role";
