-- What the ledger shows. These functions run in the rights of the application's role, so that row-level security
-- decides what is seen; they begin the actor and answer as JSON text, in one round trip.
--
-- A list walks an index from its newest entry and stops when the page is full. The index begins with a group, a
-- province or an account, so a scope of several is as many short walks, put together: never a sort of everything. One
-- walk, the usual case, has a statement of its own, because setting up the large one costs more than the walk. The
-- plans are the same whatever is asked for, so they are made once and not at every call. Entries are put together in the
-- order in which the walk yields them.

create function txn_wanted(t ledger_txn, p_kind text, p_product text, p_from date, p_to date) returns boolean
language sql immutable parallel safe as $$
    select (p_kind is null and t.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal') or t.kind = p_kind)
       and (p_product is null or t.product = p_product)
       and (p_from is null or t.business_date >= p_from) and (p_to is null or t.business_date <= p_to)
$$;

-- The number below which no entry of that day or later can lie: nothing is recorded before its day. Found by halving
-- the province's numbers, so that a list of recent days does not walk years. (An hour is more than any transaction
-- lasts; a stretch of 1,000 is walked.)
create function seq_before(p_province text, p_day date) returns bigint language plpgsql stable as $$
declare
    cut constant timestamptz := p_day::timestamp at time zone interval '+07:00' - interval '1 hour';
    low bigint := 0;
    high bigint := (select t.seq from ledger_txn t where t.province_code = p_province order by t.seq desc limit 1);
    seen bigint;
    seen_at timestamptz;
begin
    while p_day is not null and high - low > 1000 loop
        select t.seq, t.recorded_at into seen, seen_at from ledger_txn t
         where t.province_code = p_province and t.seq >= (low + high) / 2 order by t.seq limit 1;
        if seen_at < cut then
            low := seen;
        else
            high := (low + high) / 2;
        end if;
    end loop;
    return low;
end $$;

-- Which walks make up the actor's scope: their own groups; or their provinces and the groups of their communes. A
-- filter by group leaves one walk. (An entry that two walks meet is shown once.) p_must: the group must be the actor's.
create function scope_walks(a actor_row, p_group uuid, p_group_code text, p_must boolean, out groups uuid[], out provinces text[])
language plpgsql stable as $$
begin
    groups := '{}';
    provinces := '{}';
    if p_group is not null and p_group_code is null and not p_must then
        groups := array[p_group];  -- its entries are shown as far as they are the actor's
    elsif p_group is not null or p_group_code is not null then
        select coalesce(array_agg(g.id), '{}') into groups from savings_group g
         where (p_group is null or g.id = p_group)
           and (p_group_code is null or g.code = p_group_code and (a.all_networks or g.network = a.network));
    elsif a.groups is not null then
        groups := a.groups;
    elsif a.nationwide then
        select coalesce(array_agg(distinct p.code), '{}') into provinces from place p where p.level = 'province';
    else
        provinces := array(select distinct unnest(a.provinces));
        groups := array(select g.id from savings_group g
                         where g.commune_code = any (a.communes) and g.province_code <> all (a.provinces));
    end if;
end $$;

create function list_contributions(p_session uuid, p_roles text[], p_scopes text[],
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

create function contribution_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, out body text)
language plpgsql as $$
declare
    t ledger_txn;
begin
    perform begin_permitted(p_session, p_roles, p_scopes);
    select * into t from ledger_txn x where x.id = p_id and x.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal');
    if t.id is null then
        perform refuse('404', 'not_found');
    end if;
    body := (txn_json(t)::jsonb || jsonb_build_object('reversed_by',
        (select r.id from ledger_txn r where r.reverses_id = t.id)))::text;
end $$;

create function meeting_head(t ledger_txn) returns json language sql stable as $$
    select json_build_object('id', t.id, 'txn_id', t.id, 'group_id', t.group_id, 'business_date', t.business_date,
        'note', t.note, 'count', t.lines, 'total', t.amount, 'group_balance', t.group_balance,
        'recorded_at', wire_time(t.recorded_at))
$$;

-- p_must: the group is asked for by its path, so that one which is not the actor's is absent.
create function list_meetings(p_session uuid, p_roles text[], p_scopes text[],
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

create function meeting_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, out body text)
language plpgsql as $$
declare
    t ledger_txn;
begin
    perform begin_permitted(p_session, p_roles, p_scopes);
    select * into t from ledger_txn x where x.id = p_id and x.kind = 'sheet';
    if t.id is null then
        perform refuse('404', 'not_found');
    end if;
    body := sheet_json(t)::text;
end $$;

-- A member's passbook: their accounts (one for each group), and a page of what changed them, the newest first.
-- p_before: for each account the version that the page before ended at, {"<account>": version}.
create function passbook(p_session uuid, p_roles text[], p_scopes text[], p_member uuid,
    p_group uuid, p_group_code text, p_before jsonb, p_limit integer,
    out head text, out items text, out last text, out more boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
    perform begin_permitted(p_session, p_roles, p_scopes);
    if not exists (select from member where id = p_member) then
        perform refuse('404', 'not_found');
    end if;
    with own as materialized (
        select c.*, g.code, g.name,
               coalesce((p_before ->> c.id::text)::bigint, c.version + 1) as before
          from account c join savings_group g on g.id = c.group_id
         where c.member_id = p_member and (p_group is null or c.group_id = p_group)
           and (p_group_code is null or g.code = p_group_code)
    ), page as materialized (
        select y.*, o.group_id, o.id as account_id from own o cross join lateral (
            select p.account_version, p.amount, p.balance_after, t.seq, t as txn
              from posting p join ledger_txn t on t.id = p.txn_id
             where p.account_id = o.id and p.account_version < o.before
             order by p.account_version desc limit p_limit + 1) y
         order by y.seq desc limit p_limit + 1
    ), shown as materialized (
        select * from page order by seq desc limit p_limit
    )
    select (select json_build_object('totals', json_build_object('balance', coalesce(sum(o.posted), 0),
                        'held', coalesce(sum(o.held), 0), 'available', coalesce(sum(o.posted - o.held), 0),
                        'entries', coalesce(sum(o.version), 0)),
                    'accounts', coalesce(json_agg(json_build_object('group_id', o.group_id, 'group_code', o.code,
                        'group_name', o.name, 'balance', o.posted, 'held', o.held, 'available', o.posted - o.held,
                        'entries', o.version) order by o.id), '[]')) from own o)::text,
           (select coalesce(json_agg(json_build_object('txn_id', (s.txn).id, 'group_id', s.group_id, 'kind', (s.txn).kind,
                        'product', (s.txn).product, 'amount', s.amount, 'balance', s.balance_after,
                        'note', (s.txn).note, 'business_date', (s.txn).business_date, 'meeting_id', (s.txn).sheet_id,
                        'reverses_id', (s.txn).reverses_id, 'recorded_at', wire_time((s.txn).recorded_at))
                        order by s.seq desc), '[]') from shown s)::text,
           (select json_object_agg(o.id, least(o.before, (select min(s.account_version) from shown s where s.account_id = o.id)))
              from own o)::text,
           (select count(*) from page) > p_limit
      into head, items, last, more;
end $$;
