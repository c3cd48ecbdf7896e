-- Removes the workbooks that jobs built of these lists: each list prints its own again from its rows.
create or replace function remove_workbooks(p_lists uuid[]) returns void language plpgsql as $$
declare
    jobs uuid[];
begin
    jobs := array(
        select j.id from job j
          join export_list l on l.job_id = j.id
         where l.id = any (p_lists) and j.finished_at is not null and j.files_removed_at is null);
    delete from job_file where job_id = any (jobs);
    update job set files_removed_at = now() where id = any (jobs);
end $$;
