"""Invariants of premiums: each đồng of a payment, a refund or an advance is in the ledger, and no other đồng."""

from app.ledger.verification.checks import TXN_IN_SCOPE, LedgerCheck

PREMIUM_CHECKS = (
    LedgerCheck(
        "premium_held_closed",
        f"""
        select t.id::text as subject from premium_payment t join enrolment e on e.id = t.enrolment_id
         where {TXN_IN_SCOPE} and t.status = 'held' and e.status not in ('submitted', 'accepted', 'returned')""",
        "Tiền vẫn tạm giữ cho một đăng ký đã bị từ chối, đã rút hoặc đã dừng.",
        "Money is still held for an enrolment that was rejected, withdrawn or has ended.",
    ),
    LedgerCheck(
        "premium_sources",
        f"""
        select t.id::text as subject
          from premium_payment t left join premium_source s on s.payment_id = t.id where {TXN_IN_SCOPE} group by t.id
        having case when t.status in ('posted', 'refunded')
                    then coalesce(sum(s.paid), 0) <> t.other_support + t.participant_pays
                         or coalesce(sum(s.paid) filter (where s.source is not null), 0) <> t.other_support
                    else coalesce(sum(s.amount), 0) <> t.other_support + t.participant_pays
                         or coalesce(sum(s.amount) filter (where s.source is not null), 0) <> t.other_support end
            or t.status = 'held' and count(s.paid) > 0
            or t.status <> 'held' and count(s.paid) <> count(s.id) or t.status = 'voided' and sum(s.paid) > 0""",
        "Các nguồn tiền không cộng đúng bằng số tiền của khoản đóng.",
        "The sources do not add up to the premium.",
    ),
    LedgerCheck(
        "premium_holds",
        f"""
        select t.id::text as subject
          from premium_source t join premium_payment p on p.id = t.payment_id
          left join ledger_txn h on h.id = t.hold_id
          left join ledger_txn r on r.resolves_id = t.hold_id
          left join ledger_txn g on g.id = t.donation_id
         where {TXN_IN_SCOPE} and p.group_id is not null
           and not coalesce(h.kind = 'hold' and h.amount = t.amount and h.group_id = p.group_id
               and h.member_id is not distinct from case when t.kind = 'savings' then p.member_id end
               and (t.kind = 'donor') = (g.id is not null)
               and (g.id is null or g.kind = 'donation' and g.amount = t.amount)
               and r.id is not distinct from t.resolution_id
               and case when t.paid is null then r.id is null when t.paid = 0 then r.kind = 'hold_voided'
                        else r.kind = 'hold_posted' and r.amount = t.paid end, false)""",
        "Nguồn tiền không khớp với khoản tạm giữ hoặc khoản thanh toán trong sổ cái.",
        "The source differs from its hold, or from how the hold was resolved.",
    ),
    LedgerCheck(
        "premium_coverage",
        f"""
        select t.id::text as subject from premium_payment t left join coverage c on c.payment_id = t.id
         where {TXN_IN_SCOPE} and (t.status in ('posted', 'refunded')) <> (c.id is not null)
        union all
        select t.id::text from premium_payment t left join premium_refund f on f.payment_id = t.id
         where {TXN_IN_SCOPE} and ((t.status = 'refunded') <> (f.id is not null) or f.amount > t.participant_pays)""",
        "Khoản đóng không có thời gian tham gia hoặc hoàn trả tương ứng.",
        "The payment lacks its coverage or its refund, or gave back more than was paid.",
    ),
    LedgerCheck(
        "premium_advance",
        f"""
        select t.id::text as subject
          from premium_advance t join premium_source s on s.id = t.source_id
          left join premium_repayment y on y.advance_id = t.id where {TXN_IN_SCOPE} group by t.id, s.id
        having t.repaid <> coalesce(sum(y.amount), 0) or t.amount <> s.paid or s.kind <> 'instalment'
        union all
        select t.id::text from premium_source t left join premium_advance a on a.source_id = t.id
         where {TXN_IN_SCOPE} and (t.kind = 'instalment' and coalesce(t.paid, 0) > 0) <> (a.id is not null)""",
        "Khoản trả góp không khớp với nguồn tiền hoặc các lần trả.",
        "The advance differs from its source or from its repayments.",
    ),
    LedgerCheck(
        "premium_entries",
        f"""
        select t.id::text as subject from ledger_txn t
          left join premium_repayment y on y.txn_id = t.id left join premium_refund f on f.txn_id = t.id
         where {TXN_IN_SCOPE} and (t.kind = 'repayment' and t.member_id is null and y.amount is distinct from t.amount
               or t.kind = 'premium_refund' and f.amount is distinct from t.amount)
        union all
        select t.id::text from premium_repayment t left join ledger_txn e on e.id = t.txn_id
          left join ledger_txn f on f.org_id = e.org_id and f.client_key = e.client_key || '/savings'
         where {TXN_IN_SCOPE} and not coalesce(e.kind = 'repayment' and e.member_id is null and e.amount = t.amount
               and case when t.paid_from = 'cash' then f.id is null
                        else f.kind = 'repayment' and f.member_id is not null and f.amount = t.amount end, false)
        union all
        select t.id::text from premium_refund t
         where {TXN_IN_SCOPE} and (t.received_as <> 'person' and t.amount > 0) is distinct from (t.txn_id is not null)
           and t.status = 'received'""",
        "Bút toán hoàn trả hoặc trả nợ không khớp với khoản hoàn trả, khoản trả góp.",
        "An entry of a refund or repayment differs from the refund or repayment that it books.",
    ),
)
