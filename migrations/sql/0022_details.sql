-- One member and one enrolment, each read in one round trip. These functions run in the rights of the application's
-- role, so that row-level security decides what is seen, as in lists; they begin the actor and answer as JSON text. Their
-- plans are kept as they are made: planning under row-level security costs more than the read.

-- A member as lists show it, numbers masked; and what the application adds to that, or works out from it: the times, and
-- the warnings, which follow from the whole numbers.
create function member_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid,
    out body text, out version integer, out created_at timestamptz, out updated_at timestamptz,
    out national_id text, out social_insurance_no text, out health_card_no text, out birth_date date, out sex text)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    perform begin_permitted(p_session, p_roles, p_scopes);
    select row_to_json(shown)::text, m.version, m.created_at, m.updated_at,
           m.national_id, m.social_insurance_no, m.health_card_no, m.birth_date, m.sex
      into body, version, created_at, updated_at, national_id, social_insurance_no, health_card_no, birth_date, sex
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

-- A time as the other answers of the same noun have it: without a fraction of a second where there is none.
create function short_time(t timestamptz) returns text language sql stable parallel safe
    as $$ select replace(wire_time(t), '.000000', '') $$;

-- BHXH's reasons, each field in its order.
create function reasons_of(reasons jsonb) returns json language sql immutable parallel safe as $$
    select case when reasons = '[]' then json '[]' else
        (select json_agg(r) from jsonb_to_recordset(reasons) as r (pointer text, code text, text text)) end
$$;

-- An enrolment; its support group for the roles and scopes that may see it.
create function enrolment_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid,
    p_see_roles text[], p_see_scopes text[], out body text, out version integer)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    whole constant boolean := a.roles && p_see_roles or a.scopes && p_see_scopes;
begin
    select row_to_json(shown)::text, shown.version into body, version
      from enrolment e cross join lateral (
        select e.id, e.network, e.organisation_id, e.province_code, e.commune_code, e.group_id, e.member_id, e.product,
               e.method, e.months, e.monthly_income, to_char(e.from_month, 'YYYY-MM') as from_month,
               case when whole then e.support_group end as support_group, e.relation_to_head, e.covered_until,
               e.insured_since, e.supported_before, e.status, e.external_ref, e.client_id, e.batch_id,
               reasons_of(e.reasons) as reasons,
               short_time(e.submitted_at) as submitted_at, e.submitted_by, short_time(e.decided_at) as decided_at,
               e.decided_by, short_time(e.paid_at) as paid_at, short_time(e.activated_at) as activated_at, e.ended_on,
               e.ended_why, e.created_by, short_time(e.created_at) as created_at,
               short_time(e.updated_at) as updated_at, e.version) shown
     where e.id = p_id;
    if body is null then
        perform refuse('404', 'not_found');
    end if;
end $$;
