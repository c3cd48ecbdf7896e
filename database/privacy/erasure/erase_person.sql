-- Empties what says who a member is, everywhere: the register, what waits, batches, announcements, requests and the
-- audit's fields. The books keep a number, and every sum.
--
-- Its caller has locked the member, set `app.system`, knows that nothing speaks against it, and called `erase_files`. What is
-- emptied stands in the registry (app/privacy/registry): tests/privacy/test_erasure.py looks for what is left.
create or replace function erase_person(p_member uuid) returns void language plpgsql as $$
declare
    anonymous constant text := 'Người đã ẩn danh';
    m member;
begin
    select * into m from member where id = p_member;
    perform erase_elsewhere(m, array_remove(array[m.national_id, m.social_insurance_no, m.health_card_no], null), now());
    update member set full_name = anonymous, search_name = 'nguoi da an danh', birth_date = null, sex = null,
           national_id = null, social_insurance_no = null, health_card_no = null, phone = null, occupation = null,
           household_id = null, relation_to_head = null, hamlet_code = null, died_on = null, number_claim = null,
           number_status = 'confirmed', number_to_check = false, number_distinct_from = '{}', anonymised_at = now(),
           updated_at = now(), version = version + 1
     where id = m.id;
    update household h set head_member_id = null, updated_at = now(), version = h.version + 1
     where h.head_member_id = m.id;
    update household h set code = null, address = null, hamlet_code = null, updated_at = now(), version = h.version + 1
     where h.id = m.household_id and not exists (select from member o where o.household_id = h.id);
    perform erase_by_id(m.id, 'infinity');
end $$;
