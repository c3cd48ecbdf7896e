-- Locks the insurance of these members of the actor's network until the transaction ends, with that of whoever else is the
-- same person in any register: of two unions that pay for one person at once, the second reads what the first has
-- recorded. In the order of the keys, so that none waits for one who waits for it. Tells nothing.
create or replace function lock_insured(p_members uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    asking constant text := scope_network();
    keys bigint[];
begin
    perform set_config('app.system', 'on', true);
    keys := array(
        select distinct hashtextextended('insured ' || s.id, 0) as key
          from same_person(array(select m.id from member m where m.id = any (p_members) and asking in ('*', m.network))) s
         order by key);
    perform set_config('app.system', was, true);
    for nth in 1 .. cardinality(keys) loop
        perform pg_advisory_xact_lock(keys[nth]);
    end loop;
end $$;

grant execute on function lock_insured to :"app_role";
