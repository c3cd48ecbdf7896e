-- As `place_windows`, of hamlets and blocks (thôn, tổ liên gia), which only groups and members know: the codes that count,
-- a hamlet's with its blocks', the communes in which they lie or lay, and the unit that each is reported under.
create or replace function hamlet_windows(p_places text[], p_units text, p_on date)
returns table (code text, communes text[], valid_from date, valid_to date, unit text)
language sql stable as $$
    with recursive below as (
        select p.code, p.code as of from place p where p.code = any (p_places) and p.level in ('hamlet', 'block')
        union
        select p.code, b.of from below b join place p on p.parent_code = b.code and p.level = 'block'
         where p.code <> all (p_places)
    ), above as (
        select b.code, p.parent_code, p.level from below b join place p on p.code = b.code
        union
        select a.code, p.parent_code, p.level from above a join place p on p.code = a.parent_code where p.level = 'hamlet'
    ), bearer as (
        select p.code, p.code || '@' || p.valid_from as unit,
               row_number() over (partition by p.code order by
                   (coalesce(p_on, local_today()) between p.valid_from and coalesce(p.valid_to, 'infinity')) desc, p.valid_from desc)
                   as nearness,
               case when lag(p.valid_from) over of_code is null then '-infinity' else p.valid_from end as valid_from,
               coalesce(lead(p.valid_from) over of_code - 1, 'infinity') as valid_to
          from place p where p.code in (select of from below)
        window of_code as (partition by p.code order by p.valid_from)
    )
    select b.code, (select array_agg(distinct a.parent_code) from above a where a.code = b.code),
           case when p_units = 'now' then '-infinity' else u.valid_from end,
           case when p_units = 'now' then 'infinity' else u.valid_to end, u.unit
      from below b join bearer u on u.code = b.of and (p_units = 'then' and p_on is null or u.nearness = 1)
$$;

grant execute on function hamlet_windows to :"app_role";
