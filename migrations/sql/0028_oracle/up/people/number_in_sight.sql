-- Which of a person's numbers a member has whom the caller sees, beside the member itself; null if there is none. It runs
-- in the rights of the application's role, so that it sees no more than any select would; but it looks anew at each call,
-- and so sees whoever was entered while the statement that calls it waited for them.
create or replace function number_in_sight(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text)
returns text language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
    if exists (select from member o
                where o.national_id = p_national_id and o.network = p_network and o.id <> p_member) then
        return 'national_id';
    end if;
    if exists (select from member o
                where o.social_insurance_no = p_social_insurance_no and o.network = p_network and o.id <> p_member) then
        return 'social_insurance_no';
    end if;
    return null;
end $$;

grant execute on function number_in_sight to :"app_role";
