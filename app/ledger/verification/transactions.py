"""Invariants of transactions: their postings, sheets, balances, reversals and keys."""

from app.ledger.verification.checks import ACCOUNT_DELTA, ACCOUNT_IN_SCOPE, TXN_IN_SCOPE, LedgerCheck

TRANSACTION_CHECKS = (
    LedgerCheck(
        "transaction_unbalanced",
        f"""
        select coalesce(t.sheet_id, t.id)::text as subject
          from ledger_txn t join posting p on p.txn_id = t.id where {TXN_IN_SCOPE}
         group by coalesce(t.sheet_id, t.id) having sum(p.amount) <> 0""",
        "Tổng các bút toán của giao dịch không bằng 0.",
        "The postings of the transaction do not sum to zero.",
    ),
    LedgerCheck(
        "transaction_postings",
        f"""
        with posted as materialized (
            select p.txn_id, count(*) as entries, sum(p.amount) filter (where a.kind <> 'cash') as own,
                   sum(p.amount) filter (where a.kind = 'cash') as cash, min(a.group_id::text) as group_id,
                   max(a.group_id::text) as last_group_id,
                   (array_agg(a.member_id) filter (where a.kind <> 'cash'))[1] as member_id
              from posting p join account a on a.id = p.account_id where {ACCOUNT_IN_SCOPE} group by p.txn_id
        ), wanted as (
            select t.*, {ACCOUNT_DELTA} as delta from ledger_txn t where {TXN_IN_SCOPE}
        )
        select coalesce(w.id, p.txn_id)::text as subject from wanted w full join posted p on p.txn_id = w.id
         where w.id is null
            or coalesce(p.own, 0) <> w.delta
            or coalesce(p.cash, 0) <> case when w.kind = 'sheet' then -w.amount
                                           when w.sheet_id is null then -w.delta else 0 end
            or coalesce(p.entries, 0) <> (w.delta <> 0)::integer
                 + (case when w.kind = 'sheet' then w.amount <> 0 else w.sheet_id is null and w.delta <> 0 end)::integer
            or p.entries > 0 and (p.group_id <> w.group_id::text or p.last_group_id <> w.group_id::text
                                  or w.kind <> 'sheet' and p.member_id is distinct from w.member_id)""",
        "Bút toán thiếu, thừa, sai tài khoản hoặc sai số tiền so với giao dịch.",
        "Postings are missing, superfluous, on a wrong account or of another amount than the transaction.",
    ),
    LedgerCheck(
        "transaction_words",
        f"""
        select t.id::text as subject from ledger_txn t
         where {TXN_IN_SCOPE} and (t.product not in ('bhxh_tn', 'bhyt_hgd') or t.kind not in (
               'sheet', 'saving', 'withdrawal', 'donation', 'sale', 'reversal', 'hold', 'hold_posted', 'hold_voided',
               'premium_refund', 'repayment'))
        union all
        select a.id::text from account a
         where {ACCOUNT_IN_SCOPE} and (a.kind not in ('cash', 'fund', 'member')
               or (a.kind = 'member') <> (a.member_id is not null))""",
        "Loại giao dịch, loại tài khoản hoặc sản phẩm không có trong danh mục.",
        "Unknown kind of transaction, kind of account, or product.",
    ),
    LedgerCheck(
        "transaction_owner",
        f"""
        select t.id::text as subject
          from ledger_txn t left join savings_group g on g.id = t.group_id left join member m on m.id = t.member_id
         where {TXN_IN_SCOPE} and (g.id is null or g.network <> t.network or m.id is null and t.member_id is not null)
        union all
        select p.txn_id::text from posting p left join account a on a.id = p.account_id where a.id is null""",
        "Giao dịch hoặc bút toán không có tổ, hội viên hoặc tài khoản.",
        "The transaction or posting belongs to no group, member or account.",
    ),
    LedgerCheck(
        "sheet_lines",
        f"""
        with numbered as (
            select t.id, t.kind, t.sheet_id, t.lines, t.amount, t.org_id, t.business_date, t.group_id, t.group_balance,
                   {ACCOUNT_DELTA} as delta, row_number() over (partition by t.group_id order by t.seq) as nth
              from ledger_txn t where {TXN_IN_SCOPE}
        ), lines as (
            select l.sheet_id, count(*) as entries, sum(l.delta) as total, max(l.nth) as last,
                   (array_agg(l.group_balance order by l.nth desc))[1] as balance,
                   bool_and(l.org_id = s.org_id and l.business_date = s.business_date
                            and l.group_id = s.group_id) as alike
              from numbered l join numbered s on s.id = l.sheet_id group by l.sheet_id
        )
        select s.id::text as subject from numbered s left join lines l on l.sheet_id = s.id
         where s.kind = 'sheet' and (l.sheet_id is null or not l.alike or l.entries <> s.lines or l.total <> s.amount
               or l.last <> s.nth + s.lines or l.balance <> s.group_balance)
        union all
        select l.id::text from numbered l left join numbered s on s.id = l.sheet_id and s.kind = 'sheet'
         where l.sheet_id is not null and s.id is null""",
        "Phiếu thu không khớp với các dòng của nó.",
        "The sheet does not agree with its lines.",
    ),
    LedgerCheck(
        "transaction_balance",
        f"""
        with entry as (
            select t.id, t.member_id, t.member_balance, t.group_balance, {ACCOUNT_DELTA} as delta,
                   lag(t.group_balance, 1, 0::bigint) over (partition by t.group_id order by t.seq) as group_before,
                   lag(t.member_balance, 1, 0::bigint) over (partition by t.group_id, t.member_id order by t.seq)
                       as member_before
              from ledger_txn t where t.kind <> 'sheet' and {TXN_IN_SCOPE}
        )
        select id::text as subject from entry
         where group_balance <> group_before + delta
            or member_id is not null and member_balance is distinct from member_before + delta
            or member_id is null and member_balance is not null""",
        "Số dư ghi trên giao dịch không khớp với giao dịch trước đó.",
        "The balances on the transaction do not follow from the one before.",
    ),
    LedgerCheck(
        "transaction_balance_posted",
        f"""
        select t.id::text as subject
          from posting p join account a on a.id = p.account_id join ledger_txn t on t.id = p.txn_id
         where {TXN_IN_SCOPE} and case a.kind when 'cash' then -p.balance_after <> t.group_balance
               when 'member' then p.balance_after is distinct from t.member_balance else false end""",
        "Số dư ghi trên giao dịch không khớp với bút toán.",
        "The balances on the transaction differ from its postings'.",
    ),
    LedgerCheck(
        "reversal_mirror",
        f"""
        select t.id::text as subject from ledger_txn t left join ledger_txn o on o.id = t.reverses_id
         where {TXN_IN_SCOPE} and (t.kind = 'reversal' or t.reverses_id is not null or t.reversed_kind is not null)
           and not coalesce(t.kind = 'reversal' and t.reversed_kind = o.kind
                and o.kind in ('saving', 'withdrawal', 'donation', 'sale') and t.amount = o.amount
                and t.group_id = o.group_id and t.member_id is not distinct from o.member_id
                and t.product is not distinct from o.product and t.business_date >= o.business_date
                and t.seq > o.seq, false)
        union all
        select t.reverses_id::text from ledger_txn t where {TXN_IN_SCOPE} and t.reverses_id is not null
         group by t.reverses_id having count(*) > 1""",
        "Bút toán đảo không phản chiếu đúng giao dịch gốc, hoặc đảo hai lần.",
        "The reversal does not mirror its entry, or the entry was reversed twice.",
    ),
    LedgerCheck(
        "key",
        f"""
        select t.id::text as subject from ledger_txn t
         where {TXN_IN_SCOPE} and (t.sheet_id is null) <> (t.client_key is not null and t.request_hash is not null)
        union all
        select min(t.id::text) from ledger_txn t where {TXN_IN_SCOPE} and t.client_key is not null
         group by t.org_id, t.client_key having count(*) > 1""",
        "Thiếu khóa, thừa khóa hoặc khóa chống ghi trùng bị dùng hai lần.",
        "The idempotency key is missing, superfluous or used twice.",
    ),
)
