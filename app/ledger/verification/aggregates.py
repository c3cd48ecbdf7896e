"""Invariants of the aggregates: each equals the ledger, once the pending rows are added."""

from app.ledger.verification.checks import TXN_IN_SCOPE, LedgerCheck

_KEYS = "network, province_code, commune_code, model_id, product, kind"


def _build_aggregate_check(code: str, table: str, period: str, keys: str, vi: str, en: str) -> LedgerCheck:
    """Build the check of a rolled-up table, with the pending rows, against the ledger. period: its day, from `day`."""
    return LedgerCheck(
        code,
        f"""
        with ledger as (
            select t.business_date as day, t.network, t.province_code, t.commune_code,
                   coalesce(t.model_id, '00000000-0000-0000-0000-000000000000') as model_id,
                   coalesce(t.product, '') as product, coalesce(t.reversed_kind, t.kind) as kind,
                   case when t.kind = 'reversal' then -1 else 1 end as sign, t.amount
              from ledger_txn t where t.kind not in ('sheet', 'hold', 'hold_voided', 'repayment') and {TXN_IN_SCOPE}
            union all
            select t.business_date, t.network, t.province_code, t.commune_code, '00000000-0000-0000-0000-000000000000',
                   t.product, case t.kind when 'remitted' then 'hold_posted' else 'premium_refund' end, 1, t.amount
              from organisation_txn t where t.kind in ('remitted', 'refund_paid') and {TXN_IN_SCOPE}
        ), every as (
            select {period} as period, {keys}, sign * amount as amount, sign as entries from ledger
            union all
            select {period}, {keys}, -amount, -entries from stat_pending t where {TXN_IN_SCOPE}
            union all
            select {"day" if period == "day" else "month"}, {keys}, -amount, -entries
              from {table} t where {TXN_IN_SCOPE}
        )
        select concat_ws('/', period, {keys}) as subject from every
         group by period, {keys} having sum(amount) <> 0 or sum(entries) <> 0""",
        vi,
        en,
    )


_MONTH = "date_trunc('month', day)::date"
AGGREGATE_CHECKS = (
    _build_aggregate_check(
        "stat_day", "stat_day", "day", _KEYS,
        "Số liệu tổng hợp theo ngày không khớp với sổ cái.", "The aggregate by day differs from the ledger.",
    ),
    _build_aggregate_check(
        "stat_month", "stat_month", _MONTH, _KEYS,
        "Số liệu tổng hợp theo tháng không khớp với sổ cái.", "The aggregate by month differs from the ledger.",
    ),
    _build_aggregate_check(
        "stat_province_month", "stat_province_month", _MONTH, _KEYS.replace("commune_code, ", ""),
        "Số liệu tổng hợp theo tỉnh không khớp với sổ cái.", "The aggregate by province differs from the ledger.",
    ),
)  # fmt: skip
