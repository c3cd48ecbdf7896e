-- The actor of a session that was started for an emergency access (docs/decisions/0017): wider by the place that was asked
-- for, with what an administrator needs to read people (`emergency:` before their roles), and unable to write, for as long as
-- the access lasts by the clock of the database. Nobody, once it does not.
--
-- The transaction becomes read-only here, together with the wider scope: PostgreSQL lets nothing make it writable again.
create or replace function emergency_actor(a actor_row, p_access uuid) returns actor_row language plpgsql as $$
declare
    e emergency_access;
    done text;
begin
    select * into e from emergency_access x
     where x.id = p_access and x.status = 'approved' and x.ends_at > now() and x.requested_by = a.id;
    if e.id is null then
        return null;
    end if;
    a.roles := array(select 'emergency:' || r from unnest(a.roles) r where r in ('bhxh_admin', 'union_admin'));
    a.provinces := a.provinces || e.provinces;
    a.communes := a.communes || e.communes;
    a.emergency_access_id := e.id;
    done := set_config('transaction_read_only', 'on', true);
    return a;
end $$;
