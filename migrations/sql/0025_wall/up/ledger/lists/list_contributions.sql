create or replace function list_contributions(p_session uuid, p_roles text[], p_scopes text[],
    p_group uuid, p_group_code text, p_member uuid, p_kind text, p_product text, p_from date, p_to date,
    p_meeting uuid, p_before bigint, p_limit integer, out items text, out last bigint, out more boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    walks record;
    accounts bigint[] := '{}';
    before bigint := coalesce(p_before, 9223372036854775807);
    since bigint := 0;
begin
    if p_meeting is not null then
        select s.group_id, s.seq, (select max(l.seq) from (select x.seq from ledger_txn x where x.group_id = s.group_id
                                     and x.seq > s.seq order by x.seq limit s.lines) l) + 1
          into p_group, since, before from ledger_txn s
         where s.id = p_meeting and s.kind = 'sheet' and (p_group is null or s.group_id = p_group);
        before := least(before, coalesce(p_before, before));
        p_group := coalesce(p_group, '00000000-0000-0000-0000-000000000000');
    end if;
    walks := scope_walks(a, p_group, p_group_code, false);
    if p_member is not null and p_meeting is null then
        accounts := array(select c.id from account c where c.member_id = p_member
                             and (p_group is null and p_group_code is null or c.group_id = any (walks.groups)));
        walks.groups := '{}';
        walks.provinces := '{}';
    end if;
    if p_member is null and cardinality(walks.groups) = 1 and cardinality(walks.provinces) = 0 then
        select '[' || coalesce(string_agg(x.entry::text, ',') filter (where x.nth <= p_limit), '') || ']',
               min(x.seq) filter (where x.nth <= p_limit), count(*) > p_limit into items, last, more
          from (select y.*, row_number() over () as nth from (
                select txn_json(t) as entry, t.seq from ledger_txn t
                 where t.group_id = walks.groups[1] and t.seq < before and t.seq > since
                   and txn_wanted(t, p_kind, p_product, p_from, p_to)
                 order by t.seq desc limit p_limit + 1) y) x;
        return;
    elsif cardinality(walks.groups) = 0 and cardinality(walks.provinces) = 1 then
        since := seq_before(walks.provinces[1], p_from);
        select '[' || coalesce(string_agg(x.entry::text, ',') filter (where x.nth <= p_limit), '') || ']',
               min(x.seq) filter (where x.nth <= p_limit), count(*) > p_limit into items, last, more
          from (select y.*, row_number() over () as nth from (
                select txn_json(t) as entry, t.seq from ledger_txn t
                 where t.province_code = walks.provinces[1] and t.seq < before and t.seq > since
                   and txn_wanted(t, p_kind, p_product, p_from, p_to)
                 order by t.seq desc limit p_limit + 1) y) x;
        return;
    end if;
    with page as materialized (
        select distinct on (x.seq) x.t, x.seq from (
            select y.* from unnest(walks.groups) w(id) cross join lateral (
                select t, t.seq from ledger_txn t
                 where t.group_id = w.id and t.seq < before and t.seq > since
                   and (p_member is null or t.member_id = p_member) and txn_wanted(t, p_kind, p_product, p_from, p_to)
                 order by t.seq desc limit p_limit + 1) y
            union all
            select y.* from unnest(walks.provinces) w(code) cross join lateral (
                select t, t.seq from ledger_txn t
                 where t.province_code = w.code and t.seq < before and t.seq > seq_before(w.code, p_from)
                   and txn_wanted(t, p_kind, p_product, p_from, p_to)
                 order by t.seq desc limit p_limit + 1) y
            union all
            select y.* from unnest(accounts) w(id) cross join lateral (
                select t, t.seq from posting p join ledger_txn t on t.id = p.txn_id
                 where p.account_id = w.id and t.seq < before and txn_wanted(t, p_kind, p_product, p_from, p_to)
                 order by p.account_version desc limit p_limit + 1) y
        ) x order by x.seq desc limit p_limit + 1
    ), shown as (
        select * from page order by seq desc limit p_limit
    )
    select coalesce(json_agg(txn_json(s.t) order by s.seq desc), '[]')::text, min(s.seq), (select count(*) from page) > p_limit
      into items, last, more from shown s;
end $$;

grant execute on function list_contributions to :"app_role";
