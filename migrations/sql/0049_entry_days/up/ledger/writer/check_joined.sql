-- Refuses money of a member on a day before they first joined the group. What was saved may go on being paid out of
-- after they left. Without a member it is the common fund's, and nothing is refused.
create or replace function check_joined(g entry_group, p_member uuid, p_day date) returns void
language plpgsql as $$
begin
    if p_member is not null and not exists (
       select from membership m where m.group_id = g.id and m.member_id = p_member and m.joined_on <= p_day) then
        perform refuse('422', 'before_joining', '{"pointer": "/business_date"}');
    end if;
end $$;
