-- The steps of an emergency access, each of whoever the sealed scope says that acts: a second person approves or refuses, who
-- asked cancels, anybody who sees it ends it, and a third person reviews it once it is over. Its times are the database's.
-- Nothing else changes, whoever runs SQL; only the owner of the table is not asked.
create or replace function emergency_step() returns trigger language plpgsql as $$
declare
    actor constant uuid := case when scope_network() is not null then scope_actor() end;
    changes text[] := '{status,version,updated_at}';
    fits boolean := false;
begin
    if current_user = (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = tg_relid) then
        return new;
    end if;
    if old.status = 'requested' and new.status = 'approved' then
        fits := old.decide_by > now() and new.decided_by = actor and actor <> old.requested_by;
        new.starts_at := now();
        new.ends_at := now() + old.minutes * interval '1 minute';
        new.review_by := new.ends_at + interval '7 days';
        changes := changes || '{decided_at,decided_by,decision_note,starts_at,ends_at,review_by}';
    elsif old.status = 'requested' and new.status = 'refused' then
        fits := new.decided_by = actor and actor <> old.requested_by;
        changes := changes || '{decided_at,decided_by,decision_note}';
    elsif old.status = 'requested' and new.status = 'cancelled' then
        fits := actor = old.requested_by;
    elsif old.status = 'approved' and new.status = 'ended' then
        fits := new.ended_by = actor and old.ends_at > now();
        new.ends_at := now();
        changes := changes || '{ended_by,ends_at}';
    elsif old.status = new.status and old.reviewed_at is null and new.reviewed_at is not null then
        fits := old.ends_at <= now() and new.reviewed_by = actor and actor not in (old.requested_by, old.decided_by);
        new.reviewed_at := now();
        changes := changes || '{reviewed_at,reviewed_by,review_outcome,review_note}';
    end if;
    if fits is not true or to_jsonb(old) - changes is distinct from to_jsonb(new) - changes then
        perform refuse('409', 'emergency_step_refused');
    end if;
    return new;
end $$;
