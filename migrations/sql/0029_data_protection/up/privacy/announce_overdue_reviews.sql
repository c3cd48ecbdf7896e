-- Announces each emergency access whose review is overdue, once, to those who hear of its other steps. Returns how many were
-- announced now.
create or replace function announce_overdue_reviews(p_key bytea) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    told bigint;
begin
    perform require_process(p_key);
    perform pg_advisory_xact_lock(hashtext('ansinh.emergency.overdue'));
    perform set_config('app.system', 'on', true);
    with announced as (
        insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, subject_kind, subject_id,
               data)
        select gen_random_uuid(), 'emergency_access.overdue', a.network, a.organisation_id, a.province_code, a.commune_code,
               'emergency_access', a.id,
               jsonb_build_object('place_code', a.place_code, 'requested_by', a.requested_by, 'reason_kind', a.reason_kind,
                   'ends_at', a.ends_at, 'review_by', a.review_by, 'review_outcome', null)
          from emergency_access a
         where a.reviewed_at is null and a.review_by <= now()
           and not exists (select from outbox_event o where o.subject_id = a.id and o.kind = 'emergency_access.overdue')
         order by a.id
        returning 1
    )
    select count(*) into told from announced;
    perform set_config('app.system', was, true);
    return told;
end $$;

grant execute on function announce_overdue_reviews to :"app_role";
