-- Removes the files of ended jobs that name one of these members, or may do so where that cannot be told by looking.
--
-- A list on an official form and a batch say in their rows whom their file names. A report on rejected rows is read, once
-- for all members of its register: it has one of their numbers, their id or, without any number, their name. The outcomes
-- of an import are compressed: where others than new enrolments and rejected rows are in them, and the sender covers the
-- member's place, they may have the reference by which the sender knows the member.
create or replace function erase_files(p_members uuid[]) returns void language plpgsql as $$
declare
    register text;
    lists constant uuid[] := array(
        select r.list_id from export_row r join enrolment e on e.id = r.enrolment_id where e.member_id = any (p_members)
        union select r.list_id from export_row r join premium_payment p on p.id = r.payment_id
               where p.member_id = any (p_members)
        union select r.list_id from export_row r join member m on m.household_id = r.household_id
               where m.id = any (p_members));
    jobs uuid[] := array(
        select b.job_id from enrolment e join enrolment_batch b on b.id = e.batch_id
         where e.member_id = any (p_members) and b.job_id is not null
        union select l.job_id from export_list l where l.id = any (lists) and l.job_id is not null
        union select j.id from job j
               where j.finished_at is not null and j.files_removed_at is null and j.params ->> 'list_id' = any (lists::text[]));
begin
    for register in select distinct m.network from member m where m.id = any (p_members) loop
        jobs := jobs || jobs_whose_text_names(register, p_members) || jobs_that_may_name(register, p_members);
    end loop;
    jobs := array(select j.id from job j where j.id = any (jobs) and j.finished_at is not null and j.files_removed_at is null);
    delete from job_file where job_id = any (jobs);
    update job set files_removed_at = now() where id = any (jobs);
end $$;
