"""Cases of premium payments, coverage, refunds and advances."""

from typing import Any
from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import GROUP_CELLS, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import member

cases = CaseList()
GROUPED, WHOLE = Visibility.GROUPED, Visibility.WHOLE
_PREMIUM = 330_000
"""One month of the lowest income."""
_ACCEPT_SQL = (
    "update enrolment set status = 'accepted', submitted_at = now(), decided_at = now(), version = version + 1"
    " where id = $1"
)


async def accepted_enrolment(data: CellData, month: str) -> str:
    """An enrolment of `member` that BHXH has accepted."""
    body = {
        "member_id": await member(data),
        "group_id": await data.group(),
        "product": "bhxh_tn",
        "method": "months_3",
        "monthly_income": 1_500_000,
        "from_month": month,
    }

    async def make() -> Any:
        created = (await data.scenario.post(data.cell, "/v1/enrolments", body))["id"]
        await data.scenario.owner.execute(_ACCEPT_SQL, UUID(created))
        return created

    return await data.row_id(f"payable {month}", make, sight=GROUPED)


async def payment_body(data: CellData, month: str, *, owed: bool = False) -> dict[str, Any]:
    """The body of a payment out of the fund, which has the money. owed: the member pays it back."""
    enrolment, group = await accepted_enrolment(data, month), await data.group()

    async def make() -> Any:
        gift = {"group_id": group, "kind": "donation", "amount": 3 * _PREMIUM, "business_date": "2026-01-05"}
        return (await data.scenario.post(data.cell, "/v1/contributions", gift))["id"]

    await data.row_id(f"gift {month}", make, sight=GROUPED)
    source: dict[str, Any] = {"kind": "fund", "amount": 3 * _PREMIUM}
    if owed:
        source |= {"kind": "instalment", "instalments": 3, "first_due": str(today())}
    return {"enrolment_id": enrolment, "business_date": str(today()), "sources": [source]}


def receipt_body() -> dict[str, Any]:
    """A receipt that nobody has used."""
    return {"receipt_series": "AS26", "receipt_no": str(uuid7()), "payment_date": str(today())}


async def held_payment(data: CellData) -> str:
    """A held payment (khoản đóng tạm giữ)."""
    body = await payment_body(data, "2028-01")
    return await data.post_row("held premium", "/v1/premium-payments", body, sight=GROUPED)


async def posted_payment(data: CellData, month: str = "2028-06", *, owed: bool = False) -> str:
    """A posted payment (khoản đã đóng)."""
    body = await payment_body(data, month, owed=owed)

    async def make() -> Any:
        created = (await data.scenario.post(data.cell, "/v1/premium-payments", body))["id"]
        await data.scenario.post(data.cell, f"/v1/premium-payments/{created}/post", receipt_body())
        return created

    return await data.row_id(f"paid {month}", make, sight=GROUPED)


async def row_of_payment(data: CellData, table: str, payment: str) -> str:
    """The row of *table* that a payment brought about."""

    async def make() -> Any:
        sql = f"select id from {table} where payment_id = $1"
        return await data.scenario.owner.fetchval(sql, UUID(payment))

    return await data.row_id(f"{table} of payment", make, sight=GROUPED)


async def premium_advance(data: CellData) -> str:
    """What the fund advanced (khoản trả góp)."""
    return await row_of_payment(data, "premium_advance", await posted_payment(data, "2029-01", owed=True))


async def premium_refund(data: CellData) -> str:
    """A refund (khoản hoàn trả) that nobody has received; BHXH decided it."""
    payment = await posted_payment(data, "2029-06")

    async def make() -> UUID:
        row_id = uuid7()
        await data.scenario.owner.execute(
            "insert into premium_refund (id, network, organisation_id, province_code, commune_code, group_id,"
            " member_id, enrolment_id, payment_id, product, reason, from_month, remaining_months, unused, amount,"
            " state_returned, province_returned, other_returned, formula, rules, decided_by, decided_on, status)"
            " select $1, network, organisation_id, province_code, commune_code, group_id, member_id, enrolment_id,"
            " id, product, 'died', from_month, 3, 9, 9, 0, 0, 0, '{}', '[]', created_by, payment_date, 'decided'"
            " from premium_payment where id = $2",
            row_id, UUID(payment),
        )  # fmt: skip
        return row_id

    return await data.row_id("refund", make, sight=GROUPED)


async def direct_payment(data: CellData) -> str:
    """A held payment of a direct customer (người tham gia trực tiếp), whose money an officer of the cell took."""
    body = {
        "member_id": await member(data),
        "product": "bhxh_tn",
        "method": "months_3",
        "monthly_income": 1_500_000,
        "from_month": "2031-01",
    }

    async def make() -> Any:
        enrolment = (await data.scenario.post(data.cell, "/v1/enrolments", body))["id"]
        await data.scenario.owner.execute(_ACCEPT_SQL, UUID(enrolment))
        source = {"kind": "cash", "amount": 3 * _PREMIUM}
        payment = {"enrolment_id": enrolment, "business_date": str(today()), "sources": [source]}
        return (await data.scenario.post(data.cell, "/v1/premium-payments", payment))["id"]

    return await data.row_id("direct premium", make, sight=WHOLE)


async def book_row(data: CellData, table: str, condition: str) -> str:
    """The row of an organisation's book that a direct customer's payment brought about."""
    payment = UUID(await direct_payment(data))

    async def make() -> Any:
        sql = f"select t.id from {table} t join premium_payment p on {condition} where p.id = $1 limit 1"
        return await data.scenario.owner.fetchval(sql, payment)

    return await data.row_id(f"{table} of direct premium", make, sight=WHOLE)


async def book_account(data: CellData) -> str:
    """The cash of who took the money."""
    on = "t.organisation_id = p.organisation_id and t.holder_id = p.collector_id and t.kind = 'cash'"
    return await book_row(data, "organisation_account", on)


async def book_entry(data: CellData) -> str:
    """The entry that collected it."""
    return await book_row(data, "organisation_txn", "t.payment_id = p.id")


@cases.add("GET /v1/organisation-accounts", P.PREMIUM_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=WHOLE)
async def list_book_accounts(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await book_account(data))


@cases.add("GET /v1/organisation-accounts/{account_id}", P.PREMIUM_READ, ScopeCheck.ROW, sight=WHOLE)
async def read_book_account(data: CellData) -> CaseRequest:
    return CaseRequest({"account_id": await book_account(data)})


@cases.add("GET /v1/organisation-entries", P.PREMIUM_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=WHOLE)
async def list_book_entries(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await book_entry(data))


@cases.add("GET /v1/organisation-entries/{entry_id}", P.PREMIUM_READ, ScopeCheck.ROW, sight=WHOLE)
async def read_book_entry(data: CellData) -> CaseRequest:
    return CaseRequest({"entry_id": await book_entry(data)})


@cases.add("POST /v1/premium-payments", P.PREMIUM_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def hold_premium(data: CellData) -> CaseRequest:
    return CaseRequest(body=await payment_body(data, "2030-01"), keyed=True)


@cases.add("GET /v1/premium-payments", P.PREMIUM_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_premiums(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await held_payment(data))


@cases.add("GET /v1/premium-payments", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group")
async def premiums_of_group(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_id": await data.group()}, listed_id=await held_payment(data))


@cases.add(
    "GET /v1/premium-payments", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a group's code"
)
async def premiums_of_code(data: CellData) -> CaseRequest:
    return CaseRequest(query={"group_code": await data.group_code()}, listed_id=await held_payment(data))


@cases.add("GET /v1/premium-payments", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a member")
async def premiums_of_member(data: CellData) -> CaseRequest:
    return CaseRequest(query={"member_id": await member(data)}, listed_id=await held_payment(data))


@cases.add(
    "GET /v1/premium-payments", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of an enrolment"
)
async def premiums_of_enrolment(data: CellData) -> CaseRequest:
    payment = await held_payment(data)
    return CaseRequest(query={"enrolment_id": await accepted_enrolment(data, "2028-01")}, listed_id=payment)


@cases.add("GET /v1/premium-payments/{payment_id}", P.PREMIUM_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_premium(data: CellData) -> CaseRequest:
    return CaseRequest({"payment_id": await held_payment(data)})


@cases.add("POST /v1/premium-payments/{payment_id}/post", P.PREMIUM_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def post_premium(data: CellData) -> CaseRequest:
    return CaseRequest({"payment_id": await held_payment(data)}, body=receipt_body())


@cases.add("POST /v1/premium-payments/{payment_id}/void", P.PREMIUM_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def void_premium(data: CellData) -> CaseRequest:
    return CaseRequest({"payment_id": await held_payment(data)})


@cases.add("GET /v1/coverages", P.PREMIUM_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_coverages(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await row_of_payment(data, "coverage", await posted_payment(data)))


@cases.add("GET /v1/coverages", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a member")
async def coverages_of_member(data: CellData) -> CaseRequest:
    coverage = await row_of_payment(data, "coverage", await posted_payment(data))
    return CaseRequest(query={"member_id": await member(data)}, listed_id=coverage)


@cases.add("GET /v1/coverages", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a payment")
async def coverages_of_payment(data: CellData) -> CaseRequest:
    payment = await posted_payment(data)
    return CaseRequest(
        query={"payment_id": payment}, listed_id=await row_of_payment(data, "coverage", payment)
    )


@cases.add("GET /v1/coverages/{coverage_id}", P.PREMIUM_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_coverage(data: CellData) -> CaseRequest:
    return CaseRequest({"coverage_id": await row_of_payment(data, "coverage", await posted_payment(data))})


@cases.add("GET /v1/members/{member_id}/insurance", P.PREMIUM_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_insurance(data: CellData) -> CaseRequest:
    await posted_payment(data)
    return CaseRequest({"member_id": await member(data)})


@cases.add("POST /v1/members/{member_id}/benefit-estimates", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def estimate_benefits(data: CellData) -> CaseRequest:
    body = {"birth_date": "1984-03-02", "sex": "female", "plans": [{"months": 12}]}
    return CaseRequest({"member_id": await member(data)}, body=body)


@cases.add("POST /v1/premium-refunds", P.ENROLMENT_DECIDE, ScopeCheck.ROW, sight=GROUPED)
async def decide_refund(data: CellData) -> CaseRequest:
    return CaseRequest(
        body={"payment_id": await posted_payment(data), "reason": "died", "from_month": "2028-07"}
    )


@cases.add("GET /v1/premium-refunds", P.PREMIUM_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_refunds(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await premium_refund(data))


@cases.add("GET /v1/premium-refunds", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a member")
async def refunds_of_member(data: CellData) -> CaseRequest:
    return CaseRequest(query={"member_id": await member(data)}, listed_id=await premium_refund(data))


@cases.add("GET /v1/premium-refunds/{refund_id}", P.PREMIUM_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_refund(data: CellData) -> CaseRequest:
    return CaseRequest({"refund_id": await premium_refund(data)})


@cases.add("POST /v1/premium-refunds/{refund_id}/receive", P.PREMIUM_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def receive_refund(data: CellData) -> CaseRequest:
    return CaseRequest(
        {"refund_id": await premium_refund(data)},
        body={"to": "savings", "business_date": str(today())},
        keyed=True,
    )


@cases.add("GET /v1/premium-advances", P.PREMIUM_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_advances(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await premium_advance(data))


@cases.add("GET /v1/premium-advances", P.PREMIUM_READ, ScopeCheck.LIST, sight=GROUPED, about="of a member")
async def advances_of_member(data: CellData) -> CaseRequest:
    return CaseRequest(query={"member_id": await member(data)}, listed_id=await premium_advance(data))


@cases.add("GET /v1/premium-advances/{advance_id}", P.PREMIUM_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_advance(data: CellData) -> CaseRequest:
    return CaseRequest({"advance_id": await premium_advance(data)})


@cases.add(
    "POST /v1/premium-advances/{advance_id}/repayments", P.PREMIUM_RECORD, ScopeCheck.ROW, sight=GROUPED
)
async def repay(data: CellData) -> CaseRequest:
    body = {"amount": 1_000, "paid_from": "cash", "business_date": str(today())}
    return CaseRequest({"advance_id": await premium_advance(data)}, body=body, keyed=True)
