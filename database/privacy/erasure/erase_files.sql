-- Removes the files of ended jobs that name a member: of the batches that brought them, and whatever has one of their
-- numbers in it (a report on rejected rows), in their own network. Without any number, their name is looked for.
create or replace function erase_files(p_member member, p_batches uuid[]) returns void language plpgsql as $$
declare
    words constant bytea[] := array(
        select convert_to(w, 'UTF8')
          from unnest(case when num_nonnulls(p_member.national_id, p_member.social_insurance_no, p_member.phone) = 0
                           then array[p_member.full_name]
                           else array[p_member.national_id, p_member.social_insurance_no, p_member.phone,
                                      p_member.health_card_no] end) w
         where w is not null);
    jobs constant uuid[] := array(
        select j.id from job j
         where j.network = p_member.network and j.finished_at is not null and j.files_removed_at is null
           and (j.id in (select b.job_id from enrolment_batch b where b.id = any (p_batches))
                or exists (select from job_file f cross join unnest(words) w
                            where f.job_id = j.id and position(w in f.content) > 0)));
begin
    delete from job_file where job_id = any (jobs);
    update job set files_removed_at = now() where id = any (jobs);
end $$;
