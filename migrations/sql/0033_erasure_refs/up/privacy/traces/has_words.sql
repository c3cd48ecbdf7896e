-- Whether there still is what a doubt is about: it goes with its file, its batch, its row and its text. That of a text stays
-- while it says how many more there are.
create or replace function has_words(p_doubt trace_doubt) returns boolean language sql stable as $$
    select case p_doubt.record_kind
        when 'file' then exists (select from job_file f where f.job_id = p_doubt.record_id and f.name = p_doubt.file
                                                          and f.part = p_doubt.part)
        when 'errors' then exists (select from job j where j.id = p_doubt.record_id and j.errors <> '[]')
        when 'items' then exists (select from enrolment_batch b where b.id = p_doubt.record_id
                                     and pg_column_size(b.items) > pg_column_size('[]'::jsonb))
        when 'contributions' then exists (select from contribution_batch b where b.id = p_doubt.record_id
                                             and pg_column_size(b.items) > pg_column_size('[]'::jsonb))
        when 'rows' then p_doubt.is_failed or exists (
            select from export_row r where r.list_id = p_doubt.record_id
               and (r.position::text = any (p_doubt.rows) and r.data <> erased_row(r.data)
                    or r.position || ':head' = any (p_doubt.rows) and r.data <> erased_head(r.data)))
        when 'consent' then exists (select from consent c where c.id = p_doubt.record_id
                                       and c.guardian_name <> 'Người đã ẩn danh')
        when 'data_request' then exists (select from data_request r where r.id = p_doubt.record_id
                                            and coalesce(r.requester_name, r.details, r.answer) is not null)
        when 'ledger_txn' then exists (select from ledger_txn t where t.id = p_doubt.record_id
                                          and coalesce(t.note, t.source) is not null)
        when 'enrolment' then exists (select from enrolment e where e.id = p_doubt.record_id and e.external_ref is not null)
        when 'campaign' then exists (select from campaign c where c.id = p_doubt.record_id
                                        and c.organiser_name <> 'Người đã ẩn danh')
        when 'award' then exists (select from award a where a.id = p_doubt.record_id
                                     and a.recipient_text <> 'Người đã ẩn danh')
        when 'payout' then exists (select from payout p where p.id = p_doubt.record_id and p.payer_name is not null)
        when 'export_list' then exists (select from export_list l where l.id = p_doubt.record_id
                                           and coalesce(l.collector_name, l.collector_code) is not null)
        else true end or p_doubt.more > 0 and p_doubt.record_kind not in ('file', 'errors', 'items', 'contributions')
$$;
