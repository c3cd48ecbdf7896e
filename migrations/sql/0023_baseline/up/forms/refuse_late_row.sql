-- Rows come with their list, in its transaction, and never later.
create or replace function refuse_late_row() returns trigger language plpgsql as $$
begin
    if exists (select from (select distinct list_id from added) a join export_list l on l.id = a.list_id
                where l.created_at <> now()) then
        raise exception 'a list is never added to' using errcode = 'AS409';
    end if;
    return null;
end $$;
