-- Refuses to delete a row, and to change any column but those that the trigger names.
create or replace function refuse_other_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or to_jsonb(old) - tg_argv is distinct from to_jsonb(new) - tg_argv then
        raise exception 'table % keeps what was recorded', tg_table_name using errcode = 'AS409';
    end if;
    return new;
end $$;
