-- The figures of a summary, as cells; what they add up to is the caller's to say. One snapshot, the roll-up and what
-- is still pending together, so the sums equal the ledger at that instant.
--   unknown:  those of the places that are none; where there are, nothing else
--   money:    [unit, model, product, kind, amount, entries]
--   groups:   [unit, model, number]       (counted in the unit where the group was registered)
--   people_enrolled: [unit, product, submitted, accepted], different people; without unit: of all, without product: of any
--   units, models: the names of those that occur
--   enrolled, enrolled_persons: what the release before reads instead of people_enrolled
-- p_places empty means what the actor's organisation covers. p_from and p_to are inclusive. Who sees the whole country and
-- asks for it gets provinces, from their roll-up; else a unit is a commune, or the hamlet or block that was asked.
create or replace function stats_cells(p_session uuid, p_roles text[], p_scopes text[], p_places text[], p_units text,
    p_on date, p_from date, p_to date,
    out nationwide boolean, out places text[], out roles text[], out scopes text[], out body json)
language plpgsql stable as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    today constant date := coalesce(p_on, local_today());
    hamlets text[];  -- null: none is asked, and nothing of the kind is looked for
    areas text[];
    -- nothing is dated later than today, so that a month which is not over may be read as a whole one
    last_day constant date := case when p_to < local_today() then p_to
                                   else (date_trunc('month', p_to) + interval '1 month')::date - 1 end;
begin
    roles := a.roles;
    scopes := a.scopes;
    places := p_places;
    if cardinality(places) = 0 and not a.nationwide then
        select coalesce(array_agg(distinct p.place_code), '{}') into places from organisation_place p
         where p.organisation_id = a.organisation_id and p.valid_from <= today and (p.valid_to is null or p.valid_to >= today);
    end if;
    select a.nationwide and (cardinality(places) = 0 or bool_or(l.level = 'country')),
           array_agg(x.code) filter (where l.level in ('hamlet', 'block')),
           json_build_object('unknown', json_agg(x.code) filter (where l.level is null))
      into nationwide, hamlets, body
      from unnest(places) x (code) left join lateral (select p.level from place p where p.code = x.code limit 1) l on true;
    if body ->> 'unknown' is not null and cardinality(p_places) > 0 then
        return;
    end if;
    areas := case when nationwide then array(select p.code from place p where p.level = 'country') else places end;

    with period as materialized (  -- the windows, and which whole months and days at either end of them are in the period
        select w.code, w.valid_from, w.valid_to, w.unit, d.day_from, d.day_to,
               case when m.first < m.after then m.first else d.day_to + 1 end as month_from,
               case when m.first < m.after then m.after else d.day_to + 1 end as month_to
          from place_windows(areas, p_units, p_on, case when nationwide then 'province' else 'commune' end) w
         cross join lateral (select greatest(w.valid_from, p_from), least(w.valid_to, last_day)) d (day_from, day_to)
         cross join lateral (select (date_trunc('month', d.day_from - 1) + interval '1 month')::date,
                                    date_trunc('month', d.day_to + 1)::date) m (first, after)
    ), months as materialized (
        select p.code, p.unit, p.month_from, p.month_to from period p where p.month_from < p.month_to
    ), days as materialized (
        select p.code, p.unit, x.day_from, x.day_to
          from period p cross join lateral (values (p.day_from, p.month_from - 1), (p.month_to, p.day_to)) x (day_from, day_to)
         where x.day_from <= x.day_to
    ), hamlet as materialized (
        select h.code, h.communes, h.valid_from, h.valid_to, h.unit from hamlet_windows(hamlets, p_units, p_on) h
         where hamlets is not null and not nationwide
    ), fact as (
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from months w join stat_month s on s.commune_code = w.code and s.month >= w.month_from and s.month < w.month_to
         where not nationwide
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from days w join stat_day s on s.commune_code = w.code and s.day between w.day_from and w.day_to
         where not nationwide
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from period w join stat_pending s on s.commune_code = w.code and s.day between w.day_from and w.day_to
         where not nationwide
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from months w join stat_province_month s on s.province_code = w.code and s.month >= w.month_from and s.month < w.month_to
         where nationwide
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from days w join stat_day s on s.province_code = w.code and s.day between w.day_from and w.day_to
         where nationwide
        union all
        select w.unit, s.model_id, s.product, s.kind, s.amount, s.entries
          from period w join stat_pending s on s.province_code = w.code and s.day between w.day_from and w.day_to
         where nationwide
        union all
        select h.unit, coalesce(t.model_id, '00000000-0000-0000-0000-000000000000'), coalesce(t.product, ''),
               coalesce(t.reversed_kind, t.kind), x.sign * t.amount, x.sign
          from hamlet h join savings_group g on g.hamlet_code = h.code and g.commune_code = any (h.communes)
          join ledger_txn t on t.group_id = g.id and t.business_date between h.valid_from and h.valid_to
               and t.business_date between p_from and p_to
               and t.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal', 'hold_posted', 'premium_refund')
         cross join lateral (select case when t.kind = 'reversal' then -1 else 1 end) x (sign)
         where not exists (select from period w where w.code = t.commune_code and t.business_date between w.valid_from and w.valid_to)
    ), registered as not materialized (  -- groups by the day on which they were
        select g.id, g.model_id, g.province_code, g.commune_code, g.hamlet_code,
               coalesce(g.started_on, (g.created_at at time zone interval '+07:00')::date) as day
          from savings_group g
         where (g.started_on is null or g.started_on <= p_to) and (g.ended_on is null or g.ended_on >= p_from)
    ), standing as (
        select w.unit, g.id, g.model_id
          from period w join registered g on g.commune_code = w.code and g.day between w.valid_from and w.valid_to
         where not nationwide
        union all
        select w.unit, g.id, g.model_id
          from period w join registered g on g.province_code = w.code and g.day between w.valid_from and w.valid_to
         where nationwide
        union all
        select h.unit, g.id, g.model_id
          from hamlet h join registered g on g.hamlet_code = h.code and g.commune_code = any (h.communes)
               and g.day between h.valid_from and h.valid_to
         where not exists (select from period w where w.code = g.commune_code and g.day between w.valid_from and w.valid_to)
    ), belonging as (
        select s.unit, s.model_id, m.member_id
          from standing s join membership m on m.group_id = s.id
         where m.joined_on <= p_to and (m.left_on is null or m.left_on >= p_from)
    ), beginning as not materialized (
        select e.province_code, e.commune_code, e.from_month, e.product, e.status, e.member_id from enrolment e
         where e.from_month between p_from and p_to and e.status not in ('draft', 'withdrawn')
    ), enrolled as materialized (
        select w.unit, e.product, e.status, e.member_id
          from period w join beginning e on e.commune_code = w.code and e.from_month between w.valid_from and w.valid_to
         where not nationwide
        union all
        select w.unit, e.product, e.status, e.member_id
          from period w join beginning e on e.province_code = w.code and e.from_month between w.valid_from and w.valid_to
         where nationwide
        union all
        select h.unit, e.product, e.status, e.member_id
          from hamlet h join member m on m.hamlet_code = h.code and m.commune_code = any (h.communes)
          join beginning e on e.member_id = m.id and e.from_month between h.valid_from and h.valid_to
         where not exists (select from period w where w.code = e.commune_code and e.from_month between w.valid_from and w.valid_to)
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
        'people_enrolled', (
            select coalesce(json_agg(json_build_array(unit, product, submitted, accepted)), '[]')
              from (select unit, product,
                           count(distinct member_id) filter (where status not in ('returned', 'rejected')) as submitted,
                           count(distinct member_id) filter (where status in ('accepted', 'paid', 'active', 'ended')) as accepted
                      from enrolled group by grouping sets ((unit, product), (product), ())) e),
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
