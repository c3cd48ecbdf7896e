create or replace function note_outbox() returns trigger language plpgsql as $$
begin
    insert into outbox_pending (seq) select seq from added;
    return null;
end $$;
