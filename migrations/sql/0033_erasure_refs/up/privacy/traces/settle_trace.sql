-- Writes what is left of a piece that `next_trace` gave, in its transaction. Wants the key of the processes.
--
-- p_content, p_beside: of a part of a file and of the part beside it, NULL where it stays, empty where it goes; p_body:
-- errors of a job or outcomes of a batch; p_own, p_heads: the rows of a list whose person, whose head was erased; of rows that
-- have the id of a payment or enrolment it is known whose they are, so those stay.
-- p_doubts: the places in the piece of what may be of p_members, who are searched for, and stays: 1,000 of each of them are
-- noted one by one, of the others how many there are in the piece; p_failed: it could not be searched.
create or replace function settle_trace(p_key bytea, p_kind text, p_id uuid, p_name text, p_part integer, p_content bytea,
    p_beside bytea, p_body jsonb, p_own integer[], p_heads integer[], p_doubts text[], p_failed boolean,
    p_members uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    listed text[];
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    if p_doubts <> '{}' or p_failed then
        select p_doubts[1:greatest(0, 1000 * count(*) - max(s.doubts))] into listed
          from trace_search s where s.member_id = any (p_members);
        update trace_search s set doubts = s.doubts + cardinality(p_doubts) where s.member_id = any (p_members) and p_doubts <> '{}';
        insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows, more)
        values (p_kind, p_id, coalesce(p_name, ''), coalesce(p_part, 0), p_failed, coalesce(listed, '{}'),
                coalesce(cardinality(p_doubts), 0) - coalesce(cardinality(listed), 0))
        on conflict (record_kind, record_id, file, part, is_failed) do update
           set rows = array(select distinct unnest(trace_doubt.rows || excluded.rows) order by 1),
               more = trace_doubt.more + excluded.more, noted_at = now();
    end if;
    if p_kind = 'file' then
        update job_file f set content = p_content
         where f.job_id = p_id and f.name = p_name and f.part = p_part and p_content <> '';
        delete from job_file f where f.job_id = p_id and f.name = p_name and f.part = p_part and p_content = '';
        update job_file f set content = p_beside
         where f.job_id = p_id and f.name = 'ket-qua.ndjson.gz' and f.part = p_part and p_beside <> '';
        update job j
           set file_size = (select coalesce(sum(length(f.content)), 0) from job_file f
                             where f.job_id = j.id and f.name = j.file_name)
         where j.id = p_id and j.file_name = p_name;
    elsif p_kind = 'errors' then
        update job set errors = p_body where id = p_id and p_body is not null;
    elsif p_kind = 'items' then
        update enrolment_batch set items = p_body where id = p_id and p_body is not null;
    elsif p_kind = 'contributions' then
        update contribution_batch set items = p_body where id = p_id and p_body is not null;
    elsif p_kind = 'rows' and num_nonnulls(p_own, p_heads) > 0 then
        update export_row r set data = erased_head(r.data) where r.list_id = p_id and r.position = any (p_heads);
        update export_row r set data = erased_row(r.data) where r.list_id = p_id and r.position = any (p_own)
           and r.payment_id is null and r.enrolment_id is null;
        perform remove_workbooks(array[p_id]);
    end if;
    perform set_config('app.system', was, true);
end $$;

grant execute on function settle_trace to :"app_role";
