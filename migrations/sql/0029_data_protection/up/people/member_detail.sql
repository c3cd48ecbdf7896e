-- A member as lists show it, numbers masked; and what the application adds to that, or works out from it: the times, and
-- the warnings, which follow from the whole numbers. emergency: whether it is read under an emergency access.
--
-- It runs in the rights of the application's role, so that row-level security decides what is seen, as in lists; it begins
-- the actor, who is noted in the read audit, and answers as JSON text. Its plans are kept as they are made: planning under
-- row-level security costs more than the read.
create or replace function member_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid,
    out body text, out version integer, out created_at timestamptz, out updated_at timestamptz,
    out national_id text, out social_insurance_no text, out health_card_no text, out birth_date date, out sex text,
    out number_to_check boolean, out emergency boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    emergency := begin_reading(p_session, p_roles, p_scopes, p_id);
    select row_to_json(shown)::text, m.version, m.created_at, m.updated_at,
           m.national_id, m.social_insurance_no, m.health_card_no, m.birth_date, m.sex, m.number_to_check
      into body, version, created_at, updated_at, national_id, social_insurance_no, health_card_no, birth_date, sex,
           number_to_check
      from member m cross join lateral (
        select m.id, m.network, m.organisation_id, m.province_code, m.commune_code, m.hamlet_code, m.household_id,
               m.relation_to_head, m.full_name, m.birth_date, m.sex, mask_id(m.national_id) as national_id,
               mask_id(m.social_insurance_no) as social_insurance_no, mask_id(m.health_card_no) as health_card_no,
               mask_phone(m.phone) as phone, m.occupation, m.referrer_id, m.joined_on, m.died_on, m.version) shown
     where m.id = p_id;
    if body is null then
        perform refuse('404', 'not_found');
    end if;
end $$;

grant execute on function member_detail to :"app_role";
