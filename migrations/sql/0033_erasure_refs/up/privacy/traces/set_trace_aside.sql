-- Puts a search aside at whose very end the database fails: the lists that name its member could not be emptied once more.
create or replace function set_trace_aside(p_member uuid) returns void language sql as $$
    insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows)
    values ('member', p_member, '', 0, true, '{}') on conflict do nothing;
    update trace_search set stage = 'aside', failures = 0, passed = passed || p_member where member_id = p_member
$$;
