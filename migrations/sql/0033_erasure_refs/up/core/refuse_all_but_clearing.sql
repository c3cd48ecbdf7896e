-- Refuses to delete a row, and to change any column; those that the trigger names may be emptied, or have digits masked.
create or replace function refuse_all_but_clearing() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or to_jsonb(old) - tg_argv is distinct from to_jsonb(new) - tg_argv
       or exists (select from unnest(tg_argv) c
                   where to_jsonb(new) -> c <> 'null' and to_jsonb(new) -> c is distinct from to_jsonb(old) -> c
                     and masks_digits(to_jsonb(old) ->> c, to_jsonb(new) ->> c) is not true) then
        raise exception 'table % is append-only', tg_table_name using errcode = 'AS409';
    end if;
    return new;
end $$;
