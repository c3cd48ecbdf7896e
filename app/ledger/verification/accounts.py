"""Invariants of accounts: their balances, chains, floors and holds."""

from app.ledger.verification.checks import ACCOUNT_IN_SCOPE, TXN_IN_SCOPE, LedgerCheck

ACCOUNT_CHECKS = (
    LedgerCheck(
        "account_balance",
        f"""
        with posted as materialized (
            select p.account_id, sum(p.amount) as amount, count(*) as entries, min(p.account_version) as first,
                   max(p.account_version) as last
              from posting p join account a on a.id = p.account_id where {ACCOUNT_IN_SCOPE} group by p.account_id
        )
        select a.id::text as subject from account a left join posted p on p.account_id = a.id
         where {ACCOUNT_IN_SCOPE} and (a.posted <> coalesce(p.amount, 0) or a.version <> coalesce(p.entries, 0)
               or p.first <> 1 or p.last <> p.entries)""",
        "Số dư hoặc số bút toán của tài khoản không khớp với các bút toán.",
        "The account's balance or version differs from its postings.",
    ),
    LedgerCheck(
        "account_chain",
        f"""
        with step as (
            select p.account_id, p.account_version, p.amount, p.balance_after,
                   lag(p.balance_after, 1, 0::bigint)
                       over (partition by p.account_id order by p.account_version) as before
              from posting p join account a on a.id = p.account_id where {ACCOUNT_IN_SCOPE}
        )
        select account_id || '/' || account_version as subject from step where balance_after <> before + amount""",
        "Chuỗi số dư của tài khoản bị đứt ở bút toán này.",
        "The account's chain of balances breaks at this posting.",
    ),
    LedgerCheck(
        "account_floor",
        f"""
        select a.id::text as subject from account a
         where {ACCOUNT_IN_SCOPE} and (a.posted - a.held < a.floor or a.held < 0
               or (a.kind = 'cash') <> (a.floor is null))""",
        "Số dư của tài khoản thấp hơn mức cho phép.",
        "The account is under its floor.",
    ),
    LedgerCheck(
        "account_past",
        f"""
        with change as (
            select p.account_id, t.business_date as day, sum(p.amount) as amount
              from posting p join ledger_txn t on t.id = p.txn_id join account a on a.id = p.account_id
             where {ACCOUNT_IN_SCOPE} and a.kind <> 'cash' group by p.account_id, t.business_date
        ), at_end as (
            select account_id, day, sum(amount) over (partition by account_id order by day) as posted from change
        )
        select concat_ws('/', e.account_id, e.day) as subject
          from at_end e join account a on a.id = e.account_id where e.posted < a.floor""",
        "Cuối ngày đó số dư của tài khoản thấp hơn mức cho phép.",
        "At the end of that day the account was under its floor.",
    ),
    LedgerCheck(
        "account_held",
        f"""
        with holding as (
            select t.group_id, t.member_id, sum(t.amount) as amount from ledger_txn t
             where t.kind = 'hold' and {TXN_IN_SCOPE}
               and not exists (select from ledger_txn r where r.resolves_id = t.id)
             group by t.group_id, t.member_id
        )
        select a.id::text as subject from account a
          left join holding h on h.group_id = a.group_id and h.member_id is not distinct from a.member_id
               and a.kind <> 'cash'
         where {ACCOUNT_IN_SCOPE} and a.held <> coalesce(h.amount, 0)""",
        "Số tạm giữ của tài khoản không khớp với các khoản tạm giữ chưa giải quyết.",
        "What the account holds differs from its unresolved holds.",
    ),
    LedgerCheck(
        "hold_resolution",
        f"""
        select t.id::text as subject from ledger_txn t left join ledger_txn h on h.id = t.resolves_id
         where {TXN_IN_SCOPE} and (t.kind in ('hold_posted', 'hold_voided') or t.resolves_id is not null)
           and not coalesce(t.kind in ('hold_posted', 'hold_voided') and h.kind = 'hold' and h.group_id = t.group_id
                and h.member_id is not distinct from t.member_id and t.amount <= h.amount and t.seq > h.seq, false)
        union all
        select t.resolves_id::text from ledger_txn t where {TXN_IN_SCOPE} and t.resolves_id is not null
         group by t.resolves_id having count(*) > 1""",
        "Khoản thanh toán hoặc hủy không khớp với khoản tạm giữ.",
        "The posting or voiding does not fit its hold, or the hold was resolved twice.",
    ),
    LedgerCheck(
        "account_missing",
        """
        select g.id::text as subject from savings_group g
         where ($1::text[] is null or g.province_code = any ($1))
           and (select count(*) from account a where a.group_id = g.id and a.kind in ('cash', 'fund')
                   and a.province_code = g.province_code and a.commune_code = g.commune_code) <> 2
        union all
        select m.id::text from membership m left join account a on a.group_id = m.group_id and a.member_id = m.member_id
         where ($1::text[] is null or m.province_code = any ($1)) and a.id is null""",
        "Tổ hoặc thành viên không có tài khoản, hoặc tài khoản không ở địa bàn của tổ.",
        "The group or membership has no account, or the account lies elsewhere than its group.",
    ),
)
