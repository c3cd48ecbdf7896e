-- The members of all registers who are the same person as each of these, the member itself among them: whoever has one of
-- their numbers, and whoever has one of a number of those. Two who were settled to be distinct people with one number are
-- not. For functions that see every register.
create or replace function same_person(p_members uuid[]) returns table (member_id uuid, id uuid) language sql stable as $$
    with recursive same (member_id, id) as (
        select m.id, m.id from member m where m.id = any (p_members)
        union
        select s.member_id, p.id
          from same s
          join member k on k.id = s.id
         cross join lateral (
               select n.id, n.number_distinct_from from member n where n.national_id = k.national_id
               union all
               select n.id, n.number_distinct_from from member n where n.social_insurance_no = k.social_insurance_no) p
         where not (p.id::text = any (k.number_distinct_from) and k.id::text = any (p.number_distinct_from)))
    select s.member_id, s.id from same s
$$;
