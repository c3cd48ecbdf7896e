-- Ends those searches of these members that have looked at everything: what is theirs and what others say of them
-- is emptied once more, because a transaction beside the erasure may have written it. A workbook that is being built is waited
-- for.
create or replace function end_traces(p_members uuid[]) returns void language plpgsql as $$
declare
    ended uuid;
    search trace_search;
    m member;
    lists uuid[];
    running uuid[];
begin
    for ended in
        select s.member_id from trace_search s
         where s.member_id = any (p_members) and s.stage = 'waiting' and s.waiting = '{}'
    loop
        lists := lists_naming(array[ended]);
        running := array(select j.id from export_list l join job j on j.id = l.job_id
                          where l.id = any (lists) and j.finished_at is null);
        if running <> '{}' then
            update trace_search s set waiting = running where s.member_id = ended;
        else
            select * into search from trace_search s where s.member_id = ended;
            select * into m from member o where o.id = ended;
            m.search_name := search.search_name;
            perform erase_elsewhere(m, search.numbers, search.asked_at);
            perform erase_by_id(ended, search.begun_at);
            perform remove_workbooks(lists);
            update trace_search s set stage = 'aside' where s.member_id = ended;
        end if;
    end loop;
    perform release_traces() where exists (select from trace_search s where s.member_id = any (p_members) and s.stage = 'aside');
end $$;
