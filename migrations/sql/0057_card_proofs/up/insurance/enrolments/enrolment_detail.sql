-- An enrolment; its support group and what proves it for the roles and scopes that may see it.
--
-- It runs in the rights of the application's role, so that row-level security decides what is seen, as in lists; it begins
-- the actor and answers as JSON text. Its plans are kept as they are made: planning under row-level security costs more
-- than the read.
create or replace function enrolment_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid,
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
               short_time(e.updated_at) as updated_at, e.version, e.consented_on, e.months_paid_before,
               case when whole then e.proof_kind end as proof_kind, case when whole then e.proof_no end as proof_no,
               case when whole then e.proof_issued_by end as proof_issued_by,
               case when whole then e.proof_valid_until end as proof_valid_until) shown
     where e.id = p_id;
    if body is null then
        perform refuse('404', 'not_found');
    end if;
end $$;

grant execute on function enrolment_detail to :"app_role";
