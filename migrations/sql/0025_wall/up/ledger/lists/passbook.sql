-- A member's passbook: their accounts (one for each group), and a page of what changed them, the newest first.
-- p_before: for each account the version that the page before ended at, {"<account>": version}.
create or replace function passbook(p_session uuid, p_roles text[], p_scopes text[], p_member uuid,
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

grant execute on function passbook to :"app_role";
