-- Has the files of jobs looked through for these members, and removes the workbooks of lists that name them.
--
-- A list's rows and mentions say whom it names, so its workbook goes now and is printed again without them; one that is
-- being built goes when its job has ended. What came in by an import, and older lists, which have no mentions, can name
-- anybody: they are searched piece by piece by the workers (`next_trace`), for what is noted here and goes with the end of
-- the search.
create or replace function erase_files(p_members uuid[]) returns void language plpgsql as $$
declare
    lists constant uuid[] := lists_naming(p_members);
begin
    perform remove_workbooks(lists);
    insert into trace_search (member_id, network, province_code, commune_code, full_name, search_name, numbers, phone)
    select m.id, m.network, m.province_code, m.commune_code, m.full_name, m.search_name,
           array_remove(array[m.national_id, m.social_insurance_no, m.health_card_no], null), m.phone
      from member m where m.id = any (p_members) and m.anonymised_at is null
    on conflict (member_id) do nothing;
end $$;
