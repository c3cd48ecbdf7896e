-- Decides whose the new numbers of a member are, which the caller has just written as pending, and says which of them
-- somebody has whom the caller sees; null if nobody does. The numbers are those that changed, null for one that did not.
--
-- p_distinct: that two people have the member's other number was settled. It stays settled if nobody has the new one: that
-- is tried without the other, and taken back either way. It runs in the rights of the application's role, like the
-- functions that it calls.
create or replace function claim_numbers(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text,
    p_distinct boolean)
returns text language plpgsql as $$
begin
    perform confirm_numbers(p_member);
    if p_distinct then
        begin
            update member set number_claim = null, number_status = 'confirmed', national_id = p_national_id,
                   social_insurance_no = p_social_insurance_no
             where id = p_member and number_status = 'pending';
            if found then
                raise exception using errcode = 'AS001';
            end if;
        exception
            when unique_violation then
                null;
            when sqlstate 'AS001' then
                update member set number_status = 'distinct' where id = p_member;
        end;
    end if;
    return number_in_sight(p_member, p_network, p_national_id, p_social_insurance_no);
end $$;

grant execute on function claim_numbers to :"app_role";
