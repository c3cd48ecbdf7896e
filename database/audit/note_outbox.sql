-- Every event waits to be fanned out; nobody lines one up by hand.
create or replace function note_outbox() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into outbox_pending (seq) select seq from added;
    return null;
end $$;
