"""Invariants of the books of organisations: they sum to zero, mirror the payments and gave each receipt once."""

from app.ledger.verification.checks import TXN_IN_SCOPE, LedgerCheck

# What an entry adds to what is due; the box mirrors it.
_DELTA = "case when t.kind in ('collected', 'refund_received') then t.amount else -t.amount end"

BOOK_CHECKS = (
    LedgerCheck(
        "book_postings",
        f"""
        with posted as materialized (
            select p.txn_id, count(*) as entries, sum(p.amount) as total,
                   sum(p.amount) filter (where a.kind = 'due') as due,
                   sum(p.balance_after) filter (where a.kind = 'due') as balance,
                   bool_and(a.organisation_id = t.organisation_id
                            and a.holder_id is not distinct from t.holder_id) as own
              from organisation_posting p left join organisation_account a on a.id = p.account_id
              left join organisation_txn t on t.id = p.txn_id
             where ($1::text[] is null or t.province_code is null or t.province_code = any ($1)) group by p.txn_id
        ), wanted as (select t.*, {_DELTA} as delta from organisation_txn t where {TXN_IN_SCOPE})
        select coalesce(w.id, p.txn_id)::text as subject from wanted w full join posted p on p.txn_id = w.id
         where not coalesce(p.entries = 2 and p.total = 0 and p.due = w.delta and p.balance = w.balance and p.own,
                            false)""",
        "Bút toán trong sổ thu của tổ chức không bằng 0, sai tài khoản hoặc sai số tiền.",
        "Postings of an organisation's book do not sum to zero, or are on a wrong account or of another amount.",
    ),
    LedgerCheck(
        "book_balance",
        """
        with step as (
            select p.*, lag(p.balance_after, 1, 0::bigint) over box as before, row_number() over box as nth
              from organisation_posting p window box as (partition by p.account_id order by p.account_version)
        ), posted as (
            select account_id, sum(amount) as amount, count(*) as entries,
                   bool_and(balance_after = before + amount and account_version = nth) as chained
              from step group by account_id
        )
        select a.id::text as subject from organisation_account a left join posted p on p.account_id = a.id
         where ($1::text[] is null or a.province_code = any ($1))
           and (a.posted <> coalesce(p.amount, 0) or a.version <> coalesce(p.entries, 0)
                or not coalesce(p.chained, true) or case when a.kind = 'due' then a.posted < 0 else a.posted > 0 end)
        union all
        select min(a.id::text) from organisation_account a where $1::text[] is null or a.province_code = any ($1)
         group by a.organisation_id, a.holder_id having sum(a.posted) <> 0 or count(*) <> 2""",
        "Số dư trong sổ thu của tổ chức không khớp với các bút toán, hoặc tiền giữ khác với số phải nộp.",
        "A balance in an organisation's book differs from its postings, or what is held from what is due.",
    ),
    LedgerCheck(
        "book_settlement",
        f"""
        select t.id::text as subject from organisation_txn t left join organisation_txn o on o.id = t.settles_id
         where {TXN_IN_SCOPE} and t.settles_id is not null
           and not coalesce(o.kind = case t.kind when 'refund_paid' then 'refund_received' else 'collected' end
                and o.organisation_id = t.organisation_id and o.holder_id is not distinct from t.holder_id
                and o.payment_id = t.payment_id and o.member_id = t.member_id and o.product = t.product
                and o.business_date <= t.business_date and o.seq < t.seq, false)
        union all
        select t.id::text from organisation_txn t left join organisation_txn s on s.settles_id = t.id
         where {TXN_IN_SCOPE} and t.kind in ('collected', 'refund_received') group by t.id
        having sum(s.amount) <> t.amount or t.kind = 'refund_received' and count(s.id) <> 1""",
        "Tiền đã thu được nộp, trả lại nhiều hoặc ít hơn số đã thu.",
        "What was collected was paid on and given back with another sum.",
    ),
    LedgerCheck(
        "book_payments",
        f"""
        select t.id::text as subject from premium_source t
          join premium_payment p on p.id = t.payment_id
          left join organisation_txn h on h.id = t.hold_id
          left join organisation_txn paid on paid.settles_id = h.id and paid.kind = 'remitted'
          left join organisation_txn back on back.settles_id = h.id and back.kind = 'returned'
         where {TXN_IN_SCOPE} and ((t.kind in ('cash', 'transfer')) <> (p.group_id is null)
            or p.group_id is null and not coalesce(h.kind = 'collected' and h.amount = t.amount and h.payment_id = p.id
               and h.organisation_id = p.organisation_id and h.member_id = p.member_id and h.product = p.product
               and h.holder_id is not distinct from case t.kind when 'cash' then p.collector_id end
               and h.business_date = p.business_date
               and case when t.paid is null then paid.id is null and back.id is null
                        else coalesce(paid.amount, 0) = t.paid and coalesce(back.amount, 0) = t.amount - t.paid
                             and t.resolution_id = coalesce(paid.id, back.id) end, false))
        union all
        select t.id::text from organisation_txn t left join premium_source s on s.hold_id = t.id
          left join premium_refund f on f.txn_id = t.id
         where {TXN_IN_SCOPE} and (t.kind = 'collected' and s.id is null
            or t.kind = 'refund_paid' and (f.amount is distinct from t.amount or f.payment_id <> t.payment_id))""",
        "Tiền thu trực tiếp không khớp với khoản đóng hoặc khoản hoàn trả.",
        "What was taken from a direct customer differs from the payment or refund.",
    ),
    LedgerCheck(
        "book_receipts",
        f"""
        select t.id::text as subject from premium_payment t
          left join receipt_series s on s.organisation_id = t.organisation_id and s.series = t.collection_series
         where {TXN_IN_SCOPE} and ((t.collection_no is null) <> (t.collection_series is null)
            or t.collection_no is not null and (t.group_id is not null or t.collection_no not between 1 and s.last_no
               or s.last_no is null)
            or t.collection_no is null and t.group_id is null
               and exists (select from premium_source x where x.payment_id = t.id))
        union all
        select concat_ws('/', s.series, n) from receipt_series s join organisation o on o.id = s.organisation_id
         cross join generate_series(1, s.last_no) n
         where ($1::text[] is null or o.province_code = any ($1))
           and not exists (select from premium_payment p where p.organisation_id = s.organisation_id
                              and p.collection_series = s.series and p.collection_no = n)
           and not exists (select from premium_payment p where p.network = s.network
                              and p.receipt_series = s.series and p.receipt_no = lpad(n::text, 7, '0'))""",
        "Số biên lai của tổ chức bị thiếu, thừa hoặc không thuộc khoản đóng nào.",
        "A receipt of the organisation's series is missing, superfluous or of no payment.",
    ),
)
