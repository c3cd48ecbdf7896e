-- The figures of a summary, as cells; what they add up to is the caller's to say. One snapshot, the roll-up and what
-- is still pending together, so the sums equal the ledger at that instant.
--   money:    [unit, model, product, kind, amount, entries]
--   groups:   [unit, model, number]       (counted in the unit where the group was registered)
--   enrolled: [unit, product, status, persons]
--   units, models: the names of those that occur
-- p_places empty means what the actor's organisation covers. p_from and p_to are inclusive.
create or replace function stats_cells(p_session uuid, p_roles text[], p_scopes text[], p_places text[], p_units text,
    p_on date, p_from date, p_to date,
    out nationwide boolean, out places text[], out roles text[], out scopes text[], out body json)
language plpgsql stable as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    -- whole months come from the months' roll-up, the days at either end from the days'
    first_month constant date := (date_trunc('month', p_from - 1) + interval '1 month')::date;
    today constant date := coalesce(p_on, local_today());
    after_month constant date := greatest(first_month, date_trunc('month', p_to + 1)::date);
begin
    roles := a.roles;
    scopes := a.scopes;
    places := p_places;
    if cardinality(places) = 0 and not a.nationwide then
        select coalesce(array_agg(distinct p.place_code), '{}') into places from organisation_place p
         where p.organisation_id = a.organisation_id and p.valid_from <= today and (p.valid_to is null or p.valid_to >= today);
    end if;
    nationwide := cardinality(places) = 0 and a.nationwide;

    with place_window as materialized (
        select * from place_windows(places, p_units, p_on) where not nationwide
    ), province_window as materialized (  -- every province code lives on in the unit that bears it today
        select p.code, p.valid_from, coalesce(p.valid_to, 'infinity') as valid_to,
               case when p_units = 'then' then p.code || '@' || p.valid_from else n.code || '@' || n.valid_from end as unit
          from place p join place n on n.code = place_on(coalesce((
                    select s.new_code from place_succession s where s.old_code = p.code and s.on_date > p.valid_from
                       and s.is_default order by s.on_date limit 1), p.code), today)
               and n.valid_from <= today and coalesce(n.valid_to, 'infinity') >= today
         where nationwide and p.level = 'province'
    ), fact as (
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from place_window w join stat_month s on s.commune_code = w.commune_code
               and s.month between w.valid_from and w.valid_to and s.month >= first_month and s.month < after_month
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from place_window w join stat_day s on s.commune_code = w.commune_code and s.day between w.valid_from and w.valid_to
               and (s.day between p_from and least(first_month - 1, p_to) or s.day between greatest(after_month, p_from) and p_to)
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from place_window w join stat_pending s on s.commune_code = w.commune_code
               and s.day between w.valid_from and w.valid_to and s.day between p_from and p_to
        union all
        select r.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from stat_province_month s join province_window r on r.code = s.province_code and s.month between r.valid_from and r.valid_to
         where nationwide and s.month >= first_month and s.month < after_month
        union all
        select r.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from stat_day s join province_window r on r.code = s.province_code and s.day between r.valid_from and r.valid_to
         where nationwide and (s.day between p_from and least(first_month - 1, p_to) or s.day between greatest(after_month, p_from) and p_to)
        union all
        select r.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from stat_pending s join province_window r on r.code = s.province_code and s.day between r.valid_from and r.valid_to
         where nationwide and s.day between p_from and p_to
    ), standing as (
        select p.unit, g.id, g.model_id
          from place_window p join savings_group g on g.commune_code = p.commune_code
               and coalesce(g.started_on, (g.created_at at time zone interval '+07:00')::date) between p.valid_from and p.valid_to
         where (g.started_on is null or g.started_on <= p_to) and (g.ended_on is null or g.ended_on >= p_from)
        union all
        select p.unit, g.id, g.model_id
          from province_window p join savings_group g on g.province_code = p.code
               and coalesce(g.started_on, (g.created_at at time zone interval '+07:00')::date) between p.valid_from and p.valid_to
         where (g.started_on is null or g.started_on <= p_to) and (g.ended_on is null or g.ended_on >= p_from)
    ), belonging as (
        select s.unit, s.model_id, m.member_id
          from standing s join membership m on m.group_id = s.id
         where m.joined_on <= p_to and (m.left_on is null or m.left_on >= p_from)
    ), enrolled as (
        select p.unit, e.product, e.status, e.member_id
          from place_window p join enrolment e on e.commune_code = p.commune_code and e.from_month between p.valid_from and p.valid_to
         where e.from_month between p_from and p_to and e.status not in ('draft', 'withdrawn')
        union all
        select p.unit, e.product, e.status, e.member_id
          from province_window p join enrolment e on e.province_code = p.code and e.from_month between p.valid_from and p.valid_to
         where e.from_month between p_from and p_to and e.status not in ('draft', 'withdrawn')
    )
    select json_build_object(
        'money', (select coalesce(json_agg(json_build_array(unit, nullif(model_id, '00000000-0000-0000-0000-000000000000'),
                        nullif(product, ''), kind, amount, entries)), '[]')
                    from (select unit, model_id, product, kind, sum(amount) as amount, sum(entries) as entries
                            from fact group by 1, 2, 3, 4) f),
        'groups', (select coalesce(json_agg(json_build_array(unit, model_id, n)), '[]')
                     from (select unit, model_id, count(*) as n from standing group by 1, 2) g),
        'members', (select count(distinct member_id) from belonging),
        'members_by_unit', (select coalesce(json_object_agg(unit, n), '{}')
                              from (select unit, count(distinct member_id) as n from belonging group by 1) u),
        'members_by_model', (select coalesce(json_object_agg(coalesce(model_id::text, ''), n), '{}')
                              from (select model_id, count(distinct member_id) as n from belonging group by 1) m),
        'enrolled', (select coalesce(json_agg(json_build_array(unit, product, status, n)), '[]')
                       from (select unit, product, status, count(distinct member_id) as n from enrolled group by 1, 2, 3) e),
        'enrolled_persons', (select count(distinct member_id) from enrolled),
        'units', (select coalesce(json_object_agg(p.code || '@' || p.valid_from, json_build_array(p.kind || ' ' || p.name, p.valid_to)), '{}')
                    from place p where (p.code, p.valid_from) in (
                         select split_part(u.unit, '@', 1), split_part(u.unit, '@', 2)::date
                           from (select unit from fact union select unit from standing union select unit from enrolled) u)),
        'models', (select coalesce(json_object_agg(m.id, m.name), '{}') from savings_model m where m.id in (
                         select model_id from fact union select model_id from standing))
    ) into body;
end $$;

grant execute on function stats_cells to :"app_role";
