-- Says in the read audit for whom the actor searched by name: of a search that showed a few, for each of them; of another one,
-- how many it showed, as a list that is leafed through is no search for a person. The name is kept as its first letters.
--
-- It runs in the owner's rights, which write what is pending, and writes as whoever the sealed scope says.
create or replace function note_search(p_name text, p_shown uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done text := set_config('synchronous_commit', 'off', true);
begin
    if scope_network() is null then
        perform refuse('401', 'unauthenticated');
    end if;
    insert into read_pending (actor_id, organisation_id, member_ids, searched_for, shown)
    values (scope_actor(), scope_organisation(), case when cardinality(p_shown) <= 10 then p_shown else '{}' end,
            array_to_string(array(select left(w, 1) || '…' from unnest(string_to_array(p_name, ' ')) w), ' '),
            cardinality(p_shown));
end $$;

grant execute on function note_search to :"app_role";
