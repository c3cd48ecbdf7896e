-- Ends what was pending of a member's numbers, and of whoever else in the network has one of them, where each of two people
-- with one number was settled to be distinct from the other. The caller sees the member and may not see all of them, so it
-- runs in the owner's rights, and tells nothing.
create or replace function confirm_distinct(p_member uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    perform require_member_in_sight(p_member);
    update member p set number_status = 'distinct'
      from member k
     where k.id = p_member and p.network = k.network and p.number_status = 'pending' and p.number_distinct_from <> '{}'
       and (p.id = k.id or p.national_id = k.national_id or p.social_insurance_no = k.social_insurance_no)
       and not exists (
           select from member o
            where o.network = p.network and o.id <> p.id
              and (o.national_id = p.national_id or o.social_insurance_no = p.social_insurance_no)
              and not (o.id::text = any (p.number_distinct_from) and p.id::text = any (o.number_distinct_from)));
    perform set_config('app.system', was, true);
end $$;

grant execute on function confirm_distinct to :"app_role";
