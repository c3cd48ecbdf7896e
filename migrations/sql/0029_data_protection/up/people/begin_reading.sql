-- Begins the actor, as `begin_permitted` does, who is about to read one member's whole record, and writes the line in the read
-- audit that says so. Returns whether that is under an emergency access. What refuses the read afterwards (it is not theirs) takes the line back with the transaction.
--
-- Under an emergency access nothing can be written: the caller notes it before it answers (`note_emergency_reads`).
--
-- It runs in the owner's rights, so that the line costs no second look at the seal: it has just begun the actor itself, and
-- writes nothing but what that actor does. The commit does not wait for the disk, as it never did for a read: a crash of
-- the whole server can take the lines of its last half second with it (docs/decisions/0017).
create or replace function begin_reading(p_session uuid, p_roles text[], p_scopes text[], p_member uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    done text := set_config('synchronous_commit', 'off', true);
begin
    if a.emergency_access_id is null then
        insert into read_pending (actor_id, actor_kind, organisation_id, member_id)
        values (a.id, a.kind, a.organisation_id, p_member);
    end if;
    return a.emergency_access_id is not null;
end $$;

grant execute on function begin_reading to :"app_role";
