-- The ended jobs of a register with compressed files that may name one of these members: by an organisation that covered the
-- member's place, after the member was entered. Lists are left out, whose rows say whom they name, and contributions, whose
-- outcomes name nobody; of imports of enrolments, those whose outcomes the batch or the report on rejected rows tells.
create or replace function jobs_that_may_name(p_network text, p_members uuid[]) returns uuid[] language sql stable as $$
    with compressed as materialized (
        select j.id, j.organisation_id, j.finished_at from job j
         where j.network = p_network and j.finished_at is not null and j.files_removed_at is null
           and j.kind not in ('exports.file', 'contributions.import')
           and (j.kind <> 'enrolments.import' or exists (
                   select from jsonb_each_text(j.counts) c
                    where c.value <> '0' and c.key <> 'rejected'
                      and (c.key <> 'created' or j.params ->> 'mode' <> 'partial')))
           and exists (select from job_file f where f.job_id = j.id and is_compressed(f.content))
    ), covered as materialized (
        select o.organisation_id, o.last_at, c.*
          from (select organisation_id, max(finished_at) as last_at from compressed group by organisation_id) o
         cross join covered_by(o.organisation_id, o.last_at::date) c
    )
    select array(
        select j.id from compressed j join covered c using (organisation_id)
         where exists (select from member m
                        where m.id = any (p_members) and m.network = p_network and m.created_at <= j.finished_at
                          and (c.nationwide or m.province_code = any (c.provinces) or m.commune_code = any (c.communes))))
$$;
