-- Which facts a query about places includes: codes (communes', or provinces' for p_level 'province') with the days on
-- which they count, and the unit that each is reported under, as code@first day, because codes are re-used.
-- 'then': the units as they stood (every unit that bore an asked code, or the one of day p_on); 'now': the units of p_on
-- (null: today), each with every unit that counts in it (place_heir).
-- On each day a code means one unit, as place_on says: who bears it; once it ended, its default successor; before it
-- began, its main predecessor; where that leads nowhere, who bore it next to the day. And a unit counts in one unit. So no
-- fact counts twice, whatever is asked, and what is asked in parts adds up to the whole.
create or replace function place_windows(p_places text[], p_units text, p_on date, p_level text default 'commune')
returns table (code text, valid_from date, valid_to date, unit text)
language plpgsql stable rows 300 as $$  -- planned once for a session, and as few for whoever joins it
#variable_conflict use_column
begin
    return query
    with recursive asked as (
        select p.code, p.level, p.valid_from, coalesce(p.valid_to, 'infinity') as valid_to, d.day,
               p.valid_from <= d.day and coalesce(p.valid_to, 'infinity') >= d.day as in_force
          from place p, (select coalesce(p_on, local_today())) d (day)
         where p.code = any (p_places)
    ), below as (  -- 'now', below a unit that is in force only those in force with it
        select code, level, valid_from, valid_to, day, p_units = 'now' and in_force as on_day
          from (select a.*, row_number() over (partition by code order by in_force desc, valid_from desc) as nearness from asked a) n
         where nearness = 1 or p_units = 'then' and p_on is null
        union all
        select c.code, c.level, c.valid_from, coalesce(c.valid_to, 'infinity'), b.day, b.on_day
          from below b join place c on c.parent_code = b.code
               and c.valid_from <= b.valid_to and coalesce(c.valid_to, 'infinity') >= b.valid_from
         where b.level in ('country', 'province', 'district') and b.level <> p_level and c.level in ('province', 'district', 'commune')
           and (not b.on_day or b.day between c.valid_from and coalesce(c.valid_to, 'infinity'))
    ), grown as (  -- 'now', with what ended before the day or began after it, and counts in one of them
        select b.code, b.valid_from, b.valid_to, b.day, case when p_units = 'then' or b.on_day then b.code || '@' || b.valid_from
                   else (select h.code || '@' || h.valid_from from place_heir(b.code, b.valid_from, b.day) h) end as unit
          from below b where b.level = p_level
        union
        select x.code, x.valid_from, coalesce(x.valid_to, 'infinity'), g.day, g.unit
          from grown g cross join lateral (
               select p.code, p.valid_from, p.valid_to from place_succession s
                 join place p on p.code = s.old_code and p.valid_to = s.on_date - 1 and p.valid_to < g.day
                where s.new_code = g.code and s.on_date between g.valid_from and g.valid_to and s.is_default
               union all
               select p.code, p.valid_from, p.valid_to from place p
                where p.code = g.code and p.valid_to = g.valid_from - 1 and p.valid_to < g.day
                  and not exists (select from place_succession s
                                   where s.old_code = g.code and s.on_date = g.valid_from and s.is_default)
               union all
               select n.code, n.valid_from, n.valid_to from place n
                where g.valid_to >= g.day and n.valid_from = g.valid_to + 1
                  and n.code in (select s.new_code from place_succession s where s.old_code = g.code and s.on_date = g.valid_to + 1
                                 union all select g.code)
                  and g.code = coalesce(main_predecessor(n.code, n.valid_from), n.code)) x
         where p_units = 'now'
    ), bearer as (  -- a code means its bearer also beyond its days, where nobody went before it or came after it
        select g.code, g.unit,
               case when exists (select from place o where o.code = g.code and o.valid_from < g.valid_from)
                      or exists (select from place_succession s where s.new_code = g.code and s.on_date = g.valid_from)
                    then g.valid_from else '-infinity' end as valid_from,
               case when g.valid_to = 'infinity' or exists (select from place_succession s where s.old_code = g.code
                                                               and s.on_date between g.valid_from + 1 and g.valid_to + 1 and s.is_default)
                    then g.valid_to
                    else coalesce((select min(o.valid_from) - 1 from place o where o.code = g.code and o.valid_from > g.valid_from),
                                  'infinity') end as valid_to
          from (select distinct code, valid_from, valid_to, unit from grown) g
    ), meant as (
        select code, valid_from, valid_to, unit, true as by_successors, true as by_predecessors from bearer
        union all
        select x.code, x.valid_from, x.valid_to, m.unit, x.ended, not x.ended
          from meant m cross join lateral (
               select s.old_code as code, greatest(m.valid_from, s.on_date) as valid_from, true as ended,
                      least(m.valid_to, (select min(greatest(o.valid_from, s.on_date)) - 1 from place o
                                          where o.code = s.old_code and coalesce(o.valid_to, 'infinity') >= s.on_date)) as valid_to
                 from place_succession s where m.by_successors and s.new_code = m.code and s.is_default and s.on_date <= m.valid_to
               union all
               select n.code, m.valid_from, false, least(m.valid_to, n.valid_from - 1)
                 from place_succession s join place n on n.code = s.new_code and n.valid_from = s.on_date
                where m.by_predecessors and s.old_code = m.code and s.on_date > m.valid_from
                  and case when exists (select from place o where o.code = n.code and o.valid_from < n.valid_from) then false
                           else main_predecessor(n.code, n.valid_from) = m.code end) x
         where x.valid_from <= x.valid_to
    )
    select m.code, m.valid_from, m.valid_to, m.unit from meant m;
end $$;

grant execute on function place_windows to :"app_role";
