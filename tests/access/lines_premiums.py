"""Lines of premium payments, coverage, refunds and advances."""

from typing import Any
from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from app.core.time import today
from tests.access.actors import COMMUNAL, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import member
from tests.access.spots import Spot

lines = Matrix()
GROUPED = Sight.GROUPED
_PREMIUM = 330_000
"""One month of the lowest income."""
_ACCEPT = (
    "update enrolment set status = 'accepted', submitted_at = now(), decided_at = now(), version = version + 1"
    " where id = $1"
)


async def payable(at: Spot, month: str) -> str:
    """An enrolment of `member` that BHXH has accepted."""
    body = {
        "member_id": await member(at),
        "group_id": await at.group(),
        "product": "bhxh_tn",
        "method": "months_3",
        "monthly_income": 1_500_000,
        "from_month": month,
    }

    async def make() -> Any:
        made = (await at.stage.post(at.cell, "/v1/enrolments", body))["id"]
        await at.stage.owner.execute(_ACCEPT, UUID(made))
        return made

    return await at.row(f"payable {month}", make, sight=GROUPED)


async def order(at: Spot, month: str, *, owed: bool = False) -> dict[str, Any]:
    """What a payment out of the fund looks like; the fund has the money. owed: to be paid back."""
    enrolment, group = await payable(at, month), await at.group()

    async def make() -> Any:
        gift = {"group_id": group, "kind": "donation", "amount": 3 * _PREMIUM, "business_date": "2026-01-05"}
        return (await at.stage.post(at.cell, "/v1/contributions", gift))["id"]

    await at.row(f"gift {month}", make, sight=GROUPED)
    source: dict[str, Any] = {"kind": "fund", "amount": 3 * _PREMIUM}
    if owed:
        source |= {"kind": "instalment", "instalments": 3, "first_due": str(today())}
    return {"enrolment_id": enrolment, "business_date": str(today()), "sources": [source]}


def receipt() -> dict[str, Any]:
    """A receipt that nobody has used."""
    return {"receipt_series": "AS26", "receipt_no": str(uuid7()), "payment_date": str(today())}


async def held(at: Spot) -> str:
    """A held payment (khoản đóng tạm giữ)."""
    body = await order(at, "2028-01")
    return await at.posted("held premium", "/v1/premium-payments", body, sight=GROUPED)


async def paid(at: Spot, month: str = "2028-06", *, owed: bool = False) -> str:
    """A posted payment (khoản đã đóng)."""
    body = await order(at, month, owed=owed)

    async def make() -> Any:
        made = (await at.stage.post(at.cell, "/v1/premium-payments", body))["id"]
        await at.stage.post(at.cell, f"/v1/premium-payments/{made}/post", receipt())
        return made

    return await at.row(f"paid {month}", make, sight=GROUPED)


async def of_payment(at: Spot, table: str, payment: str) -> str:
    """The row of *table* that a payment brought about."""

    async def make() -> Any:
        sql = f"select id from {table} where payment_id = $1"
        return await at.stage.owner.fetchval(sql, UUID(payment))

    return await at.row(f"{table} of payment", make, sight=GROUPED)


async def advance(at: Spot) -> str:
    """What the fund advanced (khoản trả góp)."""
    return await of_payment(at, "premium_advance", await paid(at, "2029-01", owed=True))


async def refund(at: Spot) -> str:
    """A refund (khoản hoàn trả) that nobody has received; BHXH decided it."""
    payment = await paid(at, "2029-06")

    async def make() -> UUID:
        made = uuid7()
        await at.stage.owner.execute(
            "insert into premium_refund (id, network, organisation_id, province_code, commune_code, group_id,"
            " member_id, enrolment_id, payment_id, product, reason, from_month, remaining_months, unused, amount,"
            " state_returned, province_returned, other_returned, formula, rules, decided_by, decided_on, status)"
            " select $1, network, organisation_id, province_code, commune_code, group_id, member_id, enrolment_id,"
            " id, product, 'died', from_month, 3, 9, 9, 0, 0, 0, '{}', '[]', created_by, payment_date, 'decided'"
            " from premium_payment where id = $2",
            made, UUID(payment),
        )  # fmt: skip
        return made

    return await at.row("refund", make, sight=GROUPED)


@lines.line("POST /v1/premium-payments", P.PREMIUM_RECORD, Reach.ROW, sight=GROUPED)
async def hold_premium(at: Spot) -> Sent:
    return Sent(body=await order(at, "2030-01"), keyed=True)


@lines.line("GET /v1/premium-payments", P.PREMIUM_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_premiums(at: Spot) -> Sent:
    return Sent(shown=await held(at))


@lines.line("GET /v1/premium-payments", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a group")
async def premiums_of_group(at: Spot) -> Sent:
    return Sent(query={"group_id": await at.group()}, shown=await held(at))


@lines.line("GET /v1/premium-payments", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a group's code")
async def premiums_of_code(at: Spot) -> Sent:
    return Sent(query={"group_code": await at.group_code()}, shown=await held(at))


@lines.line("GET /v1/premium-payments", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a member")
async def premiums_of_member(at: Spot) -> Sent:
    return Sent(query={"member_id": await member(at)}, shown=await held(at))


@lines.line("GET /v1/premium-payments", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of an enrolment")
async def premiums_of_enrolment(at: Spot) -> Sent:
    payment = await held(at)
    return Sent(query={"enrolment_id": await payable(at, "2028-01")}, shown=payment)


@lines.line("GET /v1/premium-payments/{payment_id}", P.PREMIUM_READ, Reach.ROW, sight=GROUPED)
async def read_premium(at: Spot) -> Sent:
    return Sent({"payment_id": await held(at)})


@lines.line("POST /v1/premium-payments/{payment_id}/post", P.PREMIUM_RECORD, Reach.ROW, sight=GROUPED)
async def post_premium(at: Spot) -> Sent:
    return Sent({"payment_id": await held(at)}, body=receipt())


@lines.line("POST /v1/premium-payments/{payment_id}/void", P.PREMIUM_RECORD, Reach.ROW, sight=GROUPED)
async def void_premium(at: Spot) -> Sent:
    return Sent({"payment_id": await held(at)})


@lines.line("GET /v1/coverages", P.PREMIUM_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_coverages(at: Spot) -> Sent:
    return Sent(shown=await of_payment(at, "coverage", await paid(at)))


@lines.line("GET /v1/coverages", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a member")
async def coverages_of_member(at: Spot) -> Sent:
    shown = await of_payment(at, "coverage", await paid(at))
    return Sent(query={"member_id": await member(at)}, shown=shown)


@lines.line("GET /v1/coverages", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a payment")
async def coverages_of_payment(at: Spot) -> Sent:
    payment = await paid(at)
    return Sent(query={"payment_id": payment}, shown=await of_payment(at, "coverage", payment))


@lines.line("GET /v1/coverages/{coverage_id}", P.PREMIUM_READ, Reach.ROW, sight=GROUPED)
async def read_coverage(at: Spot) -> Sent:
    return Sent({"coverage_id": await of_payment(at, "coverage", await paid(at))})


@lines.line("GET /v1/members/{member_id}/insurance", P.PREMIUM_READ, Reach.ROW, sight=GROUPED)
async def read_insurance(at: Spot) -> Sent:
    await paid(at)
    return Sent({"member_id": await member(at)})


@lines.line("POST /v1/premium-refunds", P.ENROLMENT_DECIDE, Reach.ROW, sight=GROUPED)
async def decide_refund(at: Spot) -> Sent:
    return Sent(body={"payment_id": await paid(at), "reason": "died", "from_month": "2028-07"})


@lines.line("GET /v1/premium-refunds", P.PREMIUM_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_refunds(at: Spot) -> Sent:
    return Sent(shown=await refund(at))


@lines.line("GET /v1/premium-refunds", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a member")
async def refunds_of_member(at: Spot) -> Sent:
    return Sent(query={"member_id": await member(at)}, shown=await refund(at))


@lines.line("GET /v1/premium-refunds/{refund_id}", P.PREMIUM_READ, Reach.ROW, sight=GROUPED)
async def read_refund(at: Spot) -> Sent:
    return Sent({"refund_id": await refund(at)})


@lines.line("POST /v1/premium-refunds/{refund_id}/receive", P.PREMIUM_RECORD, Reach.ROW, sight=GROUPED)
async def receive_refund(at: Spot) -> Sent:
    return Sent(
        {"refund_id": await refund(at)}, body={"to": "savings", "business_date": str(today())}, keyed=True
    )


@lines.line("GET /v1/premium-advances", P.PREMIUM_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_advances(at: Spot) -> Sent:
    return Sent(shown=await advance(at))


@lines.line("GET /v1/premium-advances", P.PREMIUM_READ, Reach.LIST, sight=GROUPED, about="of a member")
async def advances_of_member(at: Spot) -> Sent:
    return Sent(query={"member_id": await member(at)}, shown=await advance(at))


@lines.line("GET /v1/premium-advances/{advance_id}", P.PREMIUM_READ, Reach.ROW, sight=GROUPED)
async def read_advance(at: Spot) -> Sent:
    return Sent({"advance_id": await advance(at)})


@lines.line("POST /v1/premium-advances/{advance_id}/repayments", P.PREMIUM_RECORD, Reach.ROW, sight=GROUPED)
async def repay(at: Spot) -> Sent:
    body = {"amount": 1_000, "paid_from": "cash", "business_date": str(today())}
    return Sent({"advance_id": await advance(at)}, body=body, keyed=True)
