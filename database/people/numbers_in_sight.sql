-- Which of these new members have a number that another member has whom the caller sees. It runs in the rights of the
-- application's role, so that it sees no more than any select would; but it looks anew at each call, and so sees whoever
-- was entered while the statement that calls it waited for them.
--
-- It is asked for all at once, whether or not any of them is pending: so its time tells nothing, and is little for each.
create or replace function numbers_in_sight(p_network text, p_members uuid[], p_national_ids text[],
    p_social_insurance_nos text[])
returns setof uuid language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
    return query
    select x.id from unnest(p_members, p_national_ids) x (id, national_id) cross join lateral
           (select from member o where o.national_id = x.national_id and o.network = p_network and o.id <> x.id offset 0) o
    union
    select x.id from unnest(p_members, p_social_insurance_nos) x (id, social_insurance_no) cross join lateral
           (select from member o where o.social_insurance_no = x.social_insurance_no and o.network = p_network
               and o.id <> x.id offset 0) o;
end $$;

grant execute on function numbers_in_sight to :"app_role";
