-- One page of the actor's members as the list's JSON, numbers masked, in one round trip. last_id: where the next page
-- begins, null on the last one. emergency: who is shown, if that is under an emergency access. A search by name is noted in
-- the read audit. Its plans are kept as they are made, in the order of the indexes: planning under row-level security costs
-- more than the page.
create or replace function list_members(p_session uuid, p_roles text[], p_scopes text[], p_after uuid, p_limit integer,
    p_group uuid, f member_filter, out items text, out last_id uuid,
    out emergency uuid[])
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set max_parallel_workers_per_gather = 0
set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off
as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    shown uuid[];
    noted boolean;
begin
    select coalesce(json_agg(row_to_json(row(
               m.id, m.network, m.organisation_id, m.province_code, m.commune_code, m.hamlet_code, m.household_id,
               m.relation_to_head, m.full_name, m.birth_date, m.sex, mask_id(m.national_id),
               mask_id(m.social_insurance_no), mask_id(m.health_card_no), mask_phone(m.phone), m.occupation,
               m.referrer_id, m.joined_on, m.died_on, m.version)::member_item)) filter (where m.ordinality <= p_limit), '[]')::text,
           case when count(*) > p_limit then (array_agg(m.id))[p_limit] end,
           case when f.name is not null or a.emergency_access_id is not null then array_agg(m.id) end
      into items, last_id, shown
      from member_page(a, f, p_group, coalesce(p_after, '00000000-0000-0000-0000-000000000000'), p_limit + 1)
           with ordinality m;
    if a.emergency_access_id is not null then
        emergency := coalesce(shown[1:p_limit], '{}');
    elsif f.name is not null then
        noted := note_search(f.name, coalesce(shown[1:p_limit], '{}'));
    end if;
end $$;

grant execute on function list_members to :"app_role";
