-- The lists with a row of one of these members, or that mention them; not those from before there were mentions that only do.
create or replace function lists_naming(p_members uuid[]) returns uuid[] language sql stable as $$
    select array(
        select r.list_id from export_row r join enrolment e on e.id = r.enrolment_id where e.member_id = any (p_members)
        union select r.list_id from export_row r join premium_payment p on p.id = r.payment_id
               where p.member_id = any (p_members)
        union select t.list_id from export_mention t where t.member_id = any (p_members))
$$;
