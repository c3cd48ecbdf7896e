-- Notes for an officer which texts of others in a member's commune, household and groups have the member's name or digits of
-- theirs: whether it is the person, only somebody who reads it can say.
--
-- Of each kind the latest 200 are noted; how many more there are in the same places stands with the last of them. One that is
-- noted already is of two people now, so it is of this day: who looks since the erasure of the second finds it.
create or replace function doubt_elsewhere(m member, p_household uuid[], p_numbers text[], p_since timestamptz) returns void language sql as $$
    insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows, more)
    select d.kind, d.id, '', 0, false, '{}'::text[], case when d.nth = 200 then d.number - 200 else 0 end
      from (select t.kind, t.id, row_number() over (partition by t.kind order by t.id desc) as nth,
                   count(*) over (partition by t.kind) as number
              from texts_elsewhere(m, p_household) t
             where resembles_person(t.words, m.search_name, p_numbers)
               and not exists (select from audit_event e
                                where e.subject_id = t.id and e.event = 'trace_doubt.kept' and e.at >= p_since)) d
     where d.nth <= 200
    on conflict (record_kind, record_id, file, part, is_failed) do update
       set more = greatest(trace_doubt.more, excluded.more), noted_at = now()
$$;
