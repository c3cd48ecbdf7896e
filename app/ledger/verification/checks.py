"""The shape of the ledger's invariants: SQL queries that return the rows which break them.

$1 limits a check to provinces; null is everything. PostgreSQL sorts and sums; no rows are loaded here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """One invariant. sql: gives a text `subject` for each row that breaks it; vi, en: what is wrong with it."""

    code: str
    sql: str
    vi: str
    en: str


# The change of an entry's own account; that of the cash account is the opposite.
ACCOUNT_DELTA = """
    case when t.kind in ('saving', 'donation', 'sale', 'premium_refund') then t.amount
         when t.kind in ('withdrawal', 'hold_posted') then -t.amount
         when t.kind = 'repayment' then case when t.member_id is null then t.amount else -t.amount end
         when t.kind = 'reversal' then case when t.reversed_kind = 'withdrawal' then t.amount else -t.amount end
         else 0 end"""
TXN_IN_SCOPE = "($1::text[] is null or t.province_code = any ($1))"
ACCOUNT_IN_SCOPE = "($1::text[] is null or a.province_code = any ($1))"
