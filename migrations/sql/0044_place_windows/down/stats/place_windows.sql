-- Which facts a query about places includes: communes with the days on which they count, and the unit that each is
-- reported under, as code@first day, because codes are re-used. 'then': the units as they stood (every unit that bore
-- an asked code, or the one of day p_on); 'now': the units of p_on (null: today), each with every unit whose default
-- successor it is. Days never overlap for one code, so no fact counts twice.
create or replace function place_windows(p_places text[], p_units text, p_on date)
returns table (commune_code text, valid_from date, valid_to date, unit text)
language sql stable as $$
    with recursive asked as (
        select p.code, p.level, p.valid_from, coalesce(p.valid_to, 'infinity') as valid_to,
               row_number() over (partition by p.code order by
                   (p.valid_from <= coalesce(p_on, local_today()) and coalesce(p.valid_to, 'infinity') >= coalesce(p_on, local_today())) desc,
                   p.valid_from desc) as nearness
          from place p where p.code = any (p_places)
    ), below as (
        select code, level, valid_from, valid_to from asked where nearness = 1 or (p_units = 'then' and p_on is null)
        union all
        select c.code, c.level, c.valid_from, coalesce(c.valid_to, 'infinity')
          from below b join place c on c.parent_code = b.code
               and c.valid_from <= b.valid_to and coalesce(c.valid_to, 'infinity') >= b.valid_from
         where b.level in ('country', 'province', 'district') and c.level in ('province', 'district', 'commune')
    ), own as (
        select distinct code, valid_from, valid_to from below where level = 'commune'
    ), grown as (
        select o.code, o.valid_from, o.valid_to, o.code as now_code, o.valid_from as now_from from own o
        union all
        select s.old_code, p.valid_from, p.valid_to, g.now_code, g.now_from
          from grown g join place_succession s on s.new_code = g.code and s.on_date = g.valid_from and s.is_default
               join place p on p.code = s.old_code and p.valid_to = s.on_date - 1
         where p_units = 'now'
    )
    -- a unit that has ended is reported, 'now', under its default successor
    select g.code, g.valid_from, g.valid_to, case when n.code is null then g.now_code || '@' || g.now_from
                                                  else n.code || '@' || n.valid_from end
      from grown g
      left join lateral (
           select x.code, x.valid_from from place x
            where p_units = 'now' and x.code = place_on(
                      (select coalesce((select s.new_code from place_succession s
                                         where s.old_code = g.now_code and s.on_date > g.now_from and s.is_default
                                           and s.on_date <= coalesce(p_on, local_today()) order by s.on_date limit 1),
                                       g.now_code)), coalesce(p_on, local_today()))
              and x.valid_from <= coalesce(p_on, local_today()) and coalesce(x.valid_to, 'infinity') >= coalesce(p_on, local_today())
            limit 1) n on true
$$;

grant execute on function place_windows to :"app_role";
