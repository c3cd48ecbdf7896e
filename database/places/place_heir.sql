-- The unit of day p_day that a unit counts in: itself while it is in force; before that day its default successor, or who
-- goes on with its code, and so on; after it its main predecessor (as `place_on` chooses it), or who had its code before.
-- Where that leads nowhere, the last that was reached. `place_windows` goes the same ways in the other direction.
create or replace function place_heir(p_code text, p_from date, p_day date, out code text, out valid_from date)
language sql stable as $$
    with recursive line as (
        select p.code, p.valid_from, p.valid_to, 0 as step from place p where p.code = p_code and p.valid_from = p_from
        union all
        select x.code, x.valid_from, x.valid_to, l.step + 1
          from line l cross join lateral (
               (select q.code, q.valid_from, q.valid_to
                  from (select coalesce((select s.new_code from place_succession s
                                          where s.old_code = l.code and s.on_date = l.valid_to + 1 and s.is_default
                                          order by s.new_code limit 1), l.code)) n (code)
                  join place q on q.code = n.code and q.valid_from <= l.valid_to + 1
                       and (q.valid_to is null or q.valid_to > l.valid_to)
                 where l.valid_to < p_day)
               union all
               (select q.code, q.valid_from, q.valid_to
                  from (select coalesce(main_predecessor(l.code, l.valid_from), l.code)) n (code)
                  join place q on q.code = n.code and q.valid_to = l.valid_from - 1
                 where l.valid_from > p_day)) x
         where l.step < 8
    )
    select l.code, l.valid_from from line l order by l.step desc limit 1
$$;

grant execute on function place_heir to :"app_role";
