-- A row of a list stays as it was made; when its person is erased it becomes `erased_row` of itself, and nothing else.
create or replace function keep_export_row() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and to_jsonb(old) - 'data' = to_jsonb(new) - 'data' and new.data = erased_row(old.data) then
        return new;
    end if;
    raise exception 'table % is append-only', tg_table_name using errcode = 'AS409';
end $$;
