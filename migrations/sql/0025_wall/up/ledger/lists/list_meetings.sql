-- p_must: the group is asked for by its path, so that one which is not the actor's is absent.
create or replace function list_meetings(p_session uuid, p_roles text[], p_scopes text[],
    p_group uuid, p_group_code text, p_must boolean, p_from date, p_to date, p_before bigint, p_limit integer,
    out items text, out last bigint, out more boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    walks record := scope_walks(a, p_group, p_group_code, p_must);
    before bigint := coalesce(p_before, 9223372036854775807);
begin
    if p_must and cardinality(walks.groups) = 0 then
        perform refuse('404', 'not_found');
    end if;
    with page as materialized (
        select distinct on (x.seq) x.t, x.seq from (
            select y.* from unnest(walks.groups) w(id) cross join lateral (
                select t, t.seq from ledger_txn t
                 where t.group_id = w.id and t.kind = 'sheet' and t.seq < before
                   and (p_from is null or t.business_date >= p_from) and (p_to is null or t.business_date <= p_to)
                 order by t.seq desc limit p_limit + 1) y
            union all
            select y.* from unnest(walks.provinces) w(code) cross join lateral (
                select t, t.seq from ledger_txn t
                 where t.province_code = w.code and t.kind = 'sheet' and t.seq < before
                   and (p_from is null or t.business_date >= p_from) and (p_to is null or t.business_date <= p_to)
                 order by t.seq desc limit p_limit + 1) y
        ) x order by x.seq desc limit p_limit + 1
    ), shown as (
        select * from page order by seq desc limit p_limit
    )
    select coalesce(json_agg(meeting_head(s.t) order by s.seq desc), '[]')::text, min(s.seq), (select count(*) from page) > p_limit
      into items, last, more from shown s;
end $$;

grant execute on function list_meetings to :"app_role";
