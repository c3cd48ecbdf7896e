-- Keeps of those from whom a member was settled to be distinct only who shares a number with them that did not change, and
-- none that did: these are given, null for one that stayed. The caller sees the member and may not see all of them, so it
-- runs in the owner's rights, takes away alone, and tells nothing.
create or replace function keep_distinct(p_member uuid, p_national_id text, p_social_insurance_no text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    perform require_member_in_sight(p_member);
    update member m set number_distinct_from = array(
           select o.id::text from member o
            where o.id = any (m.number_distinct_from::uuid[]) and o.network = m.network
              and (o.national_id = m.national_id or o.social_insurance_no = m.social_insurance_no)
              and (p_national_id is null or o.national_id is distinct from p_national_id)
              and (p_social_insurance_no is null or o.social_insurance_no is distinct from p_social_insurance_no)
            order by o.id)
     where m.id = p_member;
    perform set_config('app.system', was, true);
end $$;

grant execute on function keep_distinct to :"app_role";
