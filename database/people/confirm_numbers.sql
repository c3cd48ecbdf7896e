-- Lets the register hold a member's numbers as theirs, unless somebody in the network has one of them already, whom the
-- caller may not even see: then they stay pending, and whoever asked is not told (docs/decisions/0016). It runs in the
-- rights of the application's role, so that the member is the caller's; and it takes the same steps either way.
create or replace function confirm_numbers(p_member uuid) returns void language plpgsql as $$
begin
    update member set number_claim = null, number_status = 'confirmed'
     where id = p_member and number_status = 'pending';
exception when unique_violation then
    null;
end $$;

grant execute on function confirm_numbers to :"app_role";
