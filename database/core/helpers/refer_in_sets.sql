-- What rows of a batch share (network, organisation, partner system, batch) is looked for once for each value of a
-- statement, where a foreign key looks once for each row: a third of what writing an enrolment cost. At the other end
-- the parents refuse to go or to change their key, so that nothing is ever referred to that is not there.
create or replace procedure refer_in_sets(target regclass, variadic refs text[]) language plpgsql as $$
-- refs: a column, the table that it refers to and that one's key, three by three.
declare
    columns text;
    known text;
begin
    select string_agg(refs[i], ', '),
           string_agg(format('(a.%1$I is null or exists (select from %2$I p where p.%3$I = a.%1$I))', refs[i], refs[i + 1],
               refs[i + 2]), ' and ')
      into columns, known
      from generate_series(1, cardinality(refs), 3) as i;
    execute format($f$create function %1$I() returns trigger
        language plpgsql security definer set search_path = public, pg_temp as $body$
        declare
            was constant text := coalesce(current_setting('app.system', true), '');
            lost boolean;
        begin
            perform set_config('app.system', 'on', true);
            lost := exists (select from (select distinct %2$s from added) a where not (%3$s));
            perform set_config('app.system', was, true);
            if lost then
                raise exception 'table %% refers to what is not there', tg_table_name using errcode = '23503';
            end if;
            return null;
        end $body$
        $f$, 'refs_of_' || target, columns, known);
    execute format('create trigger refs after insert on %s referencing new table as added
        for each statement execute function %I()', target, 'refs_of_' || target);
    execute format('create trigger refs_stay before update of %s on %s for each row when ((%s) is distinct from (%s))
        execute function refuse_change()', columns, target,
        regexp_replace(columns, '(\w+)', 'old.\1', 'g'), regexp_replace(columns, '(\w+)', 'new.\1', 'g'));
end $$;
