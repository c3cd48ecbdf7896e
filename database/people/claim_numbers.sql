-- Decides whose the new numbers of a member are, which the caller has just written as pending, and says which of them
-- somebody has whom the caller sees; null if nobody does. The numbers are those that changed, null for one that did not.
--
-- Who was settled to be another person stays so in either case, or the pair would open again for those with a third only,
-- whom the caller may not see. It runs in the rights of the application's role.
create or replace function claim_numbers(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text)
returns text language plpgsql as $$
begin
    perform confirm_numbers(p_member);
    if exists (select from member where id = p_member and number_distinct_from <> '{}') then
        perform keep_distinct(p_member, p_national_id, p_social_insurance_no);
        perform confirm_distinct(p_member);
    end if;
    return number_in_sight(p_member, p_network, p_national_id, p_social_insurance_no);
end $$;

grant execute on function claim_numbers to :"app_role";
