-- A group's money is written by one at a time: whoever holds its cash account. So no other order of locks matters.
--
-- The writer of a whole meeting's sheet: all lines or none.
-- p_lines: [{"id", "member_id"|null, "kind", "product"|null, "amount", "quantity", "unit", "unit_price", "source", "note"}]
create or replace function record_entries(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea,
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

    with line as materialized (
        select x.*, x.ord::integer as nth, c.id as account_id, c.posted, c.version, c.posted - c.held - c.floor as free,
               case when x.kind = 'withdrawal' then -x.amount else x.amount end as delta
          from rows from (jsonb_to_recordset(p_lines) as (id uuid, member_id uuid, kind text, product text, amount bigint,
                   quantity numeric, unit text, unit_price bigint, source text, note text)) with ordinality
               as x(id, member_id, kind, product, amount, quantity, unit, unit_price, source, note, ord)
          join account c on c.group_id = g.id and c.member_id is not distinct from x.member_id
               and c.kind = case when x.member_id is null then 'fund' else 'member' end
         where x.member_id is null or exists (
               select from membership m where m.group_id = g.id and m.member_id = x.member_id and m.joined_on <= p_day
                  and (x.kind = 'withdrawal' or m.left_on is null or m.left_on >= p_day))
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

grant execute on function record_entries to :"app_role";
