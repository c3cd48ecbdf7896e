-- Members who left long ago are anonymised: nothing of theirs is open, and nothing was covered, paid, saved or changed since
-- a moment (ten years ago at the latest). In no group ever, they count from the day on which they were last changed.
--
-- No more than p_limit, the earliest entered first; rows that another transaction has locked are left for the next time.
create or replace function prune_departed(p_before timestamptz, p_limit integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    since constant timestamptz := least(p_before, now() - interval '10 years');
    departed uuid[];
    each uuid;
begin
    perform set_config('app.system', 'on', true);
    departed := array(
        select m.id from member m
         where m.anonymised_at is null and m.updated_at < since
           and not exists (select from membership s where s.member_id = m.id
                              and (s.left_on is null or s.left_on >= since::date))
           and not exists (select from enrolment e where e.member_id = m.id and e.updated_at >= since)
           and not exists (select from data_request r where r.member_id = m.id and r.status in ('received', 'accepted'))
           and erasure_obstacles(m.id, since::date) = '{}'
         order by m.id limit p_limit for update skip locked);
    if departed <> '{}' then
        perform erase_files(departed);
    end if;
    foreach each in array departed loop
        perform erase_person(each);
    end loop;
    perform set_config('app.system', was, true);
    return cardinality(departed);
end $$;

grant execute on function prune_departed to :"app_role";
