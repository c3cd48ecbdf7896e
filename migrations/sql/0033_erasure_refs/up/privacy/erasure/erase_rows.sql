-- Empties what rows of lists say of a member who was erased: those of their enrolments and payments, and where they are
-- mentioned. A line that is of members of several registers goes with the last of them; until then an officer is told of it.
create or replace function erase_rows(p_member uuid) returns void language plpgsql as $$
declare
    enrolments constant uuid[] := array(select e.id from enrolment e where e.member_id = p_member);
    payments constant uuid[] := array(select p.id from premium_payment p where p.member_id = p_member);
begin
    update export_row r set data = erased_row(r.data)
     where (r.enrolment_id = any (enrolments) or r.payment_id = any (payments)) and r.data <> erased_row(r.data);
    update export_row r set data = erased_head(r.data) from export_mention t
     where t.member_id = p_member and t.as_head and r.list_id = t.list_id and r.position = t.position
       and r.data <> erased_head(r.data);
    update export_row r set data = erased_row(r.data) from export_mention t
     where t.member_id = p_member and not t.as_head and r.list_id = t.list_id and r.position = t.position
       and r.data <> erased_row(r.data) and not names_others(r.list_id, r.position);
    insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows)
    select 'rows', t.list_id, '', 0, false, array_agg(t.position::text order by t.position)
      from export_mention t join export_row r on r.list_id = t.list_id and r.position = t.position
     where t.member_id = p_member and not t.as_head and r.data <> erased_row(r.data)
     group by t.list_id
    on conflict (record_kind, record_id, file, part, is_failed) do update
       set rows = array(select distinct unnest(trace_doubt.rows || excluded.rows) order by 1), noted_at = now();
end $$;
