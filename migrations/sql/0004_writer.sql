-- Accounts come into being with their owner, so that the writer only ever finds them.
create function open_group_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into account (kind, network, province_code, commune_code, group_id, floor)
    values ('cash', new.network, new.province_code, new.commune_code, new.id, null),
           ('fund', new.network, new.province_code, new.commune_code, new.id, 0);
    return null;
end $$;
create trigger accounts_of_group after insert on savings_group
    for each row execute function open_group_accounts();

-- A group that moves takes its accounts along; what was recorded stays where it happened.
create function move_group_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.group', new.id::text, true);
    update account set province_code = new.province_code, commune_code = new.commune_code where group_id = new.id;
    perform set_config('app.group', '', true);
    return null;
end $$;
create trigger accounts_of_moved_group after update of province_code, commune_code on savings_group
    for each row when (old.commune_code <> new.commune_code or old.province_code <> new.province_code)
    execute function move_group_accounts();

create function open_member_account() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.group', new.group_id::text, true);  -- whoever joins again has an account: it must be seen
    insert into account (kind, network, province_code, commune_code, group_id, member_id, floor)
    values ('member', new.network, new.province_code, new.commune_code, new.group_id, new.member_id, 0)
    on conflict on constraint uq_account_owner do nothing;
    perform set_config('app.group', '', true);
    return null;
end $$;
create trigger accounts_of_membership after insert on membership
    for each row execute function open_member_account();

-- A refusal: the status in the SQLSTATE, the code as the message, its words' arguments as the detail.
create function refuse(status text, code text, detail jsonb default '{}') returns void language plpgsql as $$
begin
    raise exception using errcode = 'AS' || status, message = code, detail = detail::text;
end $$;

-- The actor, if one of the given roles or scopes is theirs. Which roles may do what stays in the one table of
-- rights; a hot path passes the row it needs, so that checking costs no round trip of its own.
create function begin_permitted(p_session uuid, p_roles text[], p_scopes text[]) returns actor_row
language plpgsql as $$
declare
    a actor_row := begin_actor(p_session);
begin
    if a.session_id is null then
        perform refuse('401', 'unauthenticated');
    end if;
    if not (a.roles && p_roles or a.scopes && p_scopes) then
        perform refuse('403', 'forbidden');
    end if;
    return a;
end $$;

create type entry_group as (
    id uuid, network text, model_id uuid, province_code text, commune_code text, province_today text, ended_on date
);

-- Whether a unit is in force on a day: then it is meant as it stands (`place_on` would answer the same).
create function in_force(p_code text, p_day date) returns boolean language sql stable as $$
    select exists (select from place p where p.code = p_code and p.valid_from <= p_day
                      and (p.valid_to is null or p.valid_to >= p_day))
$$;

-- The group of an entry, with the unit in which it lay on the entry's day. A group that is not the actor's is refused
-- as absent.
create function group_for_entry(a actor_row, p_group uuid, p_group_code text, p_day date,
    p_pointer text default '/group_id') returns entry_group
language plpgsql as $$
declare
    r entry_group;
    at_home boolean;
    unit text;
    province text;
    done text;
begin
    if p_group is not null then
        select g.id, g.network, g.model_id, g.province_code, g.commune_code, g.province_code, g.ended_on,
               in_force(g.commune_code, p_day)
          into r.id, r.network, r.model_id, r.province_code, r.commune_code, r.province_today, r.ended_on, at_home
          from savings_group g where g.id = p_group;
    else
        select g.id, g.network, g.model_id, g.province_code, g.commune_code, g.province_code, g.ended_on,
               in_force(g.commune_code, p_day)
          into r.id, r.network, r.model_id, r.province_code, r.commune_code, r.province_today, r.ended_on, at_home
          from savings_group g where g.network = a.network and g.code = p_group_code;
    end if;
    if r.id is null then
        perform refuse('404', 'not_found', jsonb_build_object('pointer',
            case when p_group is not null then p_pointer else '/group_code' end));
    end if;
    done := set_config('app.group', r.id::text, true);
    if not at_home then
        unit := place_on(r.commune_code, p_day);
        province := place_on(r.province_code, p_day);
        if unit is not null and province is not null
           and (scope_national() or province = any (scope_provinces()) or unit = any (scope_communes())) then
            r.commune_code := unit;
            r.province_code := province;
        end if;
    end if;
    return r;
end $$;

-- Refuses a day to come and a closed period. Called after the key was looked up, so that what was accepted once is
-- answered again however late it is repeated. The lock is shared among writers; closing a period takes it alone, and
-- so waits for entries that saw the period open.
create function check_day(g entry_group, p_day date) returns void
language plpgsql as $$
declare
    period_lock text;
begin
    if p_day > local_today() then
        perform refuse('422', 'business_date_future', '{"pointer": "/business_date"}');
    end if;
    period_lock := pg_advisory_xact_lock_shared(hashtext('ansinh.period'), hashtext(g.network || ' ' || g.province_today));
    if exists (select from closed_period c where c.network = g.network
                  and c.province_code in (g.province_today, g.province_code) and c.closed_through >= p_day) then
        perform refuse('409', 'period_closed', '{"pointer": "/business_date"}');
    end if;
end $$;

create function wire_time(t timestamptz) returns text language sql stable parallel safe
    as $$ select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

-- An entry on the wire. (A row of a type is rendered in half the time of json_build_object.)
create type entry_row as (id uuid, txn_id uuid, group_id uuid, member_id uuid, kind text, product text, amount bigint,
    quantity text, unit text, unit_price bigint, source text, note text, business_date date, meeting_id uuid,
    reverses_id uuid, member_balance bigint, group_balance bigint, recorded_at text);

create function txn_json(t ledger_txn) returns json language sql stable as $$
    select row_to_json(row(t.id, t.id, t.group_id, t.member_id, t.kind, t.product, t.amount, t.quantity::text, t.unit,
        t.unit_price, t.source, t.note, t.business_date, t.sheet_id, t.reverses_id, t.member_balance, t.group_balance,
        wire_time(t.recorded_at))::entry_row)
$$;

create function sheet_head(t ledger_txn, items json) returns json language sql stable as $$
    select json_build_object('id', t.id, 'txn_id', t.id, 'group_id', t.group_id, 'business_date', t.business_date,
        'note', t.note, 'count', t.lines, 'total', t.amount, 'group_balance', t.group_balance,
        'recorded_at', wire_time(t.recorded_at), 'items', items)
$$;

-- A sheet and its lines. A group's entries queue on its cash account, so the lines are the first `lines` entries of
-- the group after their sheet: found in order, without an index of their own.
create function sheet_json(t ledger_txn) returns json language sql stable as $$
    select sheet_head(t, (select json_agg(txn_json(row(l.*)::ledger_txn) order by l.seq) from (
        select * from ledger_txn x where x.group_id = t.group_id and x.seq > t.seq order by x.seq limit t.lines) l))
$$;

-- The first answer of this key, or null when the key is new. The group is compared here and not in the hash, because a
-- request may name it by its id or by its code. A key of another group is out of sight and fails on its unique index.
create function replayed_entry(p_org uuid, p_key text, p_hash bytea, p_group uuid) returns json
language plpgsql as $$
declare
    t ledger_txn;
begin
    select * into t from ledger_txn where org_id = p_org and client_key = p_key;
    if t.id is null then
        return null;
    elsif t.request_hash <> p_hash or t.group_id <> p_group then
        perform refuse('422', 'idempotency_key_reused');
    end if;
    return case when t.kind = 'sheet' then sheet_json(t) else txn_json(t) end;
end $$;

-- Called when the one statement below could not place every line: says which, and why.
create function explain_refusal(p_group uuid, p_day date, p_lines jsonb, p_single boolean) returns void
language plpgsql as $$
declare
    bad record;
begin
    for bad in
        select x.ord - 1 as index, x.value ->> 'member_id' as member_id, a.id as account_id, x.value ->> 'kind' as kind,
               exists (select from membership m where m.group_id = p_group and m.member_id = a.member_id
                        and (m.left_on is null or m.left_on >= p_day)) as present
          from jsonb_array_elements(p_lines) with ordinality x(value, ord)
          left join account a on a.group_id = p_group
               and a.member_id is not distinct from (x.value ->> 'member_id')::uuid and a.kind in ('member', 'fund')
         order by x.ord
    loop
        if bad.account_id is null or (bad.member_id is not null and not bad.present and bad.kind <> 'withdrawal') then
            perform refuse('422', 'not_in_group', jsonb_build_object('pointer',
                case when p_single then '' else '/items/' || bad.index end || '/member_id'));
        end if;
    end loop;
    select x.ord - 1 as index into bad
      from (select v.value, v.ord, sum(case when v.value ->> 'kind' = 'withdrawal' then -1 else 1 end
                   * (v.value ->> 'amount')::bigint) over (partition by v.value ->> 'member_id' order by v.ord) as running
              from jsonb_array_elements(p_lines) with ordinality v(value, ord)) x
      join account a on a.group_id = p_group and a.member_id is not distinct from (x.value ->> 'member_id')::uuid
           and a.kind in ('member', 'fund')
     where a.posted - a.held + x.running < a.floor order by x.ord limit 1;
    perform refuse('409', 'insufficient_balance', jsonb_build_object('pointer',
        case when p_single then '' else '/items/' || bad.index end || '/amount'));
end $$;

-- A group's money is written by one at a time: whoever holds its cash account. So no other order of locks matters.

-- The writer of a whole meeting's sheet: all lines or none.
-- p_lines: [{"id", "member_id"|null, "kind", "product"|null, "amount", "quantity", "unit", "unit_price", "source", "note"}]
create function record_entries(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_group uuid, p_group_code text, p_sheet uuid, p_day date, p_note text, p_lines jsonb,
    out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    g entry_group := group_for_entry(a, p_group, p_group_code, p_day);
    wanted integer := jsonb_array_length(p_lines);
    placed integer;
begin
    perform from account where group_id = g.id and member_id is null and kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    end if;
    perform check_day(g, p_day);
    if p_day > g.ended_on then
        perform refuse('422', 'group_ended', '{"pointer": "/business_date"}');
    end if;

    with line as materialized (
        select x.*, x.ord::integer as nth, c.id as account_id, c.posted, c.version, c.posted - c.held - c.floor as free,
               case when x.kind = 'withdrawal' then -x.amount else x.amount end as delta
          from rows from (jsonb_to_recordset(p_lines) as (id uuid, member_id uuid, kind text, product text, amount bigint,
                   quantity numeric, unit text, unit_price bigint, source text, note text)) with ordinality
               as x(id, member_id, kind, product, amount, quantity, unit, unit_price, source, note, ord)
          join account c on c.group_id = g.id and c.member_id is not distinct from x.member_id
               and c.kind = case when x.member_id is null then 'fund' else 'member' end
         where x.member_id is null or x.kind = 'withdrawal' or exists (
               select from membership m where m.group_id = g.id and m.member_id = x.member_id
                  and (m.left_on is null or m.left_on >= p_day))
    ), total as materialized (
        select account_id, sum(delta)::bigint as delta, count(*) as entries, sum(delta) + min(free) >= 0 as fits
          from line group by account_id
        union all
        select c.id, -sum(l.delta)::bigint, 1, true from line l, account c
         where c.group_id = g.id and c.member_id is null and c.kind = 'cash' group by c.id having sum(l.delta) <> 0
    ), verdict as materialized (  -- all lines or none
        select coalesce(bool_and(fits), false) and (select count(*) from line) = wanted as ok from total
    ), entry as materialized (
        select l.*, l.posted + sum(l.delta) over mine as balance, l.version + row_number() over mine as nth_version,
               -cash.posted + sum(l.delta) over (order by l.nth) as box
          from line l, account cash, verdict v where v.ok and cash.group_id = g.id and cash.member_id is null and cash.kind = 'cash'
        window mine as (partition by l.account_id order by l.nth)
    ), moved as (
        update account c set posted = c.posted + t.delta, version = c.version + t.entries
          from total t, verdict v where v.ok and c.id = t.account_id
        returning c.id, c.kind, c.posted, c.version, t.delta
    ), sheet as (
        insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, kind, amount, note,
                business_date, recorded_by, org_id, client_key, request_hash, lines, group_balance)
        select p_sheet, g.network, g.province_code, g.commune_code, g.id, g.model_id, 'sheet', sum(delta), p_note,
               p_day, a.id, a.organisation_id, p_key, p_hash, wanted, max(box) filter (where nth = wanted)
          from entry having count(*) > 0
        returning *
    ), written as (  -- its subquery on the sheet makes the sheet's number come before its lines'
        insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
                amount, quantity, unit, unit_price, source, note, business_date, recorded_by, org_id,
                sheet_id, member_balance, group_balance)
        select e.id, g.network, g.province_code, g.commune_code, g.id, g.model_id, e.member_id, e.kind, e.product,
               e.amount, e.quantity, e.unit, e.unit_price, e.source, e.note, p_day, a.id, a.organisation_id,
               (select s.id from sheet s), case when e.member_id is not null then e.balance end, e.box
          from entry e order by e.nth
        returning *
    ), posted as (
        insert into posting (account_id, account_version, txn_id, amount, balance_after)
        select e.account_id, e.nth_version, e.id, e.delta, e.balance from entry e
        union all
        select m.id, m.version, p_sheet, m.delta, m.posted
          from moved m where m.kind = 'cash'
    ), counted as (
        insert into stat_pending (day, network, province_code, commune_code, model_id, product, kind, amount, entries)
        select p_day, g.network, g.province_code, g.commune_code,
               coalesce(g.model_id, '00000000-0000-0000-0000-000000000000'), coalesce(e.product, ''), e.kind,
               sum(e.amount), count(*)
          from entry e group by coalesce(e.product, ''), e.kind
    )
    select count(*), (select sheet_head(row(s.*)::ledger_txn, json_agg(txn_json(row(w.*)::ledger_txn) order by w.seq))
                        from sheet s)
      into placed, body from written w;
    if placed is distinct from wanted then
        perform explain_refusal(g.id, p_day, p_lines, false);
    end if;
end $$;

-- One contribution as the service sends it.
create type entry_line as (id uuid, member_id uuid, kind text, product text, amount bigint, quantity numeric(12, 3),
    unit text, unit_price bigint, source text, note text);

-- The writer of one contribution. What a sheet does in one statement for many, this does in small ones for one line:
-- the same rules, at a fraction of the cost of setting the large statement up. Both accounts are read under the lock of
-- the cash account, so that what they will hold is known before it is written, all in one statement.
create function record_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
    p_group uuid, p_group_code text, p_day date, p_line jsonb, out replayed boolean, out body json)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    g entry_group := group_for_entry(a, p_group, p_group_code, p_day);
    l entry_line := jsonb_populate_record(null::entry_line, p_line);
    box account;
    own account;
    present boolean := true;
    delta bigint := case when l.kind in ('saving', 'donation', 'sale') then l.amount when l.kind = 'withdrawal' then -l.amount end;
    t ledger_txn;
begin
    select c.id, c.posted, c.version into box.id, box.posted, box.version
      from account c where c.group_id = g.id and c.member_id is null and c.kind = 'cash' for no key update;
    body := replayed_entry(a.organisation_id, p_key, p_hash, g.id);
    replayed := body is not null;
    if replayed then
        return;
    end if;
    perform check_day(g, p_day);
    if p_day > g.ended_on then
        perform refuse('422', 'group_ended', '{"pointer": "/business_date"}');
    end if;
    if l.member_id is not null then
        select c.id, c.posted, c.held, c.version, c.floor, l.kind = 'withdrawal' or exists (
               select from membership m where m.group_id = g.id and m.member_id = l.member_id
                  and (m.left_on is null or m.left_on >= p_day))
          into own.id, own.posted, own.held, own.version, own.floor, present
          from account c where c.group_id = g.id and c.member_id = l.member_id and c.kind = 'member';
    else
        select c.id, c.posted, c.held, c.version, c.floor into own.id, own.posted, own.held, own.version, own.floor
          from account c where c.group_id = g.id and c.member_id is null and c.kind = 'fund';
    end if;
    if own.id is null or not present or own.posted + delta - own.held < own.floor then
        perform explain_refusal(g.id, p_day, jsonb_build_array(p_line), true);
    end if;

    t.id := l.id;
    t.group_id := g.id;
    t.member_id := l.member_id;
    t.kind := l.kind;
    t.product := l.product;
    t.amount := l.amount;
    t.quantity := l.quantity;
    t.unit := l.unit;
    t.unit_price := l.unit_price;
    t.source := l.source;
    t.note := l.note;
    t.business_date := p_day;
    t.recorded_at := now();
    t.member_balance := case when l.member_id is not null then own.posted + delta end;
    t.group_balance := delta - box.posted;
    with moved as (
        update account c set posted = c.posted + case c.id when own.id then delta else -delta end, version = c.version + 1
         where c.id in (own.id, box.id)
    ), noted as (
        insert into posting (account_id, account_version, txn_id, amount, balance_after)
        values (own.id, own.version + 1, l.id, delta, own.posted + delta),
               (box.id, box.version + 1, l.id, -delta, box.posted - delta)
    )
    insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
            amount, quantity, unit, unit_price, source, note, business_date, recorded_by, org_id, client_key,
            request_hash, member_balance, group_balance)
    values (l.id, g.network, g.province_code, g.commune_code, g.id, g.model_id, l.member_id, l.kind, l.product,
            l.amount, l.quantity, l.unit, l.unit_price, l.source, l.note, p_day, a.id, a.organisation_id, p_key,
            p_hash, t.member_balance, t.group_balance);
    body := txn_json(t);
end $$;
