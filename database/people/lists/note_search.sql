-- Says in the read audit for whom the actor searched by name: of a search that showed a few, for each of them; of another one,
-- how many it showed, as a list that is leafed through is no search for a person. The name is kept as its first letters.
--
-- It runs in the owner's rights, which write what is pending, and writes as whoever the scope says, whose seal is looked at in
-- the same statement: `scope_network` says no more, and costs more than the line itself. It answers (true), because a function
-- that is assigned runs without a statement.
create or replace function note_search(p_name text, p_shown uuid[]) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done text := set_config('synchronous_commit', 'off', true);
    begun constant text := current_setting('app.scope', true);
begin
    insert into read_pending (actor_id, organisation_id, member_ids, searched_for, shown)
    select split_part(begun, E'\x1f', 2)::uuid, split_part(begun, E'\x1f', 3)::uuid,
           case when cardinality(p_shown) <= 10 then p_shown else '{}' end,
           regexp_replace(p_name, '([^ ])[^ ]*', '\1…', 'g'), cardinality(p_shown)
      from owner_key k where scope_seal(k.scope, begun) = current_setting('app.seal', true);
    if not found then
        perform refuse('401', 'unauthenticated');
    end if;
    return true;
end $$;

grant execute on function note_search to :"app_role";
