-- The next step of a search through the files of jobs: the next part of a file or the errors of a job, and where the
-- search stands then. Workbooks of lists are no such files: they are only waited for (`end_traces`).
create or replace function next_trace_of_jobs(p_search trace_search) returns trace_step language plpgsql as $$
declare
    step trace_step;
    is_passed constant boolean := passes_by(p_search);
    each record;
begin
    step := begin_trace_step(p_search);
    for turn in 1 .. 1000 loop
        if step.at_name is not null then
            select f.name, f.part, case when not is_passed then f.content end as content, j.organisation_id into each
              from job_file f join job j on j.id = f.job_id
             where f.job_id = step.at_id and (f.name, f.part) > (step.at_name, step.at_part)
             order by f.name, f.part limit 1 for update of f;
            if found then
                step.kind := 'file';
                step.id := step.at_id;
                step.organisation_id := each.organisation_id;
                step.name := each.name;
                step.part := each.part;
                step.content := each.content;
                step.at_name := each.name;
                step.at_part := each.part;
                if is_passed then
                    return step;
                end if;
                -- Of a report (app/imports/run.py): its headings, and what became of its rows, in the part with the same number.
                step.body := (select to_jsonb(convert_from(f.content, 'UTF8')) from job_file f
                               where each.name = 'dong-loi.csv' and f.job_id = step.at_id and f.name = each.name and f.part = 0);
                step.beside := (select f.content from job_file f
                                 where each.name = 'dong-loi.csv' and f.job_id = step.at_id
                                   and f.name = 'ket-qua.ndjson.gz' and f.part = each.part for update);
                return step;
            end if;
            step.at_name := null;
            step.at_part := -1;
            if step.stage = 'waiting' then
                step.ended := step.ended || step.at_id;
                return step;
            end if;
        end if;
        select j.id, j.organisation_id, j.kind, j.finished_at is not null as is_ended,
               pg_column_size(j.errors) > pg_column_size('[]'::jsonb) as has_errors into each from job j
         where case when step.stage = 'waiting' then j.id = any (p_search.waiting) and j.finished_at is not null
                    else j.id > step.at_id and j.network = p_search.network and j.created_at <= p_search.begun_at
                     and (j.files_removed_at is null or pg_column_size(j.errors) > pg_column_size('[]'::jsonb))
                     and j.kind <> 'exports.file' end
         order by j.id limit 1;
        if not found then
            step.stage := case when step.stage = 'jobs' then 'batches' else 'waiting' end;
            step.at_id := '00000000-0000-0000-0000-000000000000';
            return step;
        end if;
        step.at_id := each.id;
        if each.kind = 'exports.file' then
            step.ended := step.ended || each.id;
            return step;
        elsif each.is_ended then
            step.at_name := '';
            if each.has_errors then
                step.kind := 'errors';
                step.id := each.id;
                step.organisation_id := each.organisation_id;
                step.body := (select j.errors from job j where j.id = each.id and not is_passed);
                return step;
            end if;
        else
            step.waits := step.waits || each.id;
        end if;
    end loop;
    return step;
end $$;
