-- Empties what rows of lists say of a member: those of their enrolments and payments, and where they are mentioned.
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
       and r.data <> erased_row(r.data);
end $$;
