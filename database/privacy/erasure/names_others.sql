-- Whether a line of a list is also of a member who was not erased, of another register as a rule.
create or replace function names_others(p_list uuid, p_position integer) returns boolean language sql stable as $$
    select exists (
        select from export_mention t join member m on m.id = t.member_id
         where t.list_id = p_list and t.position = p_position and not t.as_head and m.anonymised_at is null)
$$;
