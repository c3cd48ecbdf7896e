"""One story from end to end: a group in what was Châu Thành saves for a year, is insured, renews, and one gets a refund.

Everything goes over HTTP as the people themselves would send it; after each chapter the whole ledger is verified.
"""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import month_of, today
from app.ledger.verification.verify import verify_ledger
from tests.routers.responses import expect_json, expect_problem
from tests.story.conftest import TAY_NINH, Country
from tests.world import Login, national_id

WEEKS = 52
LAST = today() - timedelta(days=1)
FIRST = LAST - timedelta(weeks=WEEKS - 1)
"""The first and the last of the weekly meetings."""


class Village:
    """State that the chapters share: logins, members and the rows created so far."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.group: dict[str, Any] = {}
        self.treasurer: Login = country.officer
        self.members: dict[str, str] = {}
        self.enrolments: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, dict[str, Any]] = {}

    async def send(
        self, verb: str, path: str, who: Login | None = None, /, *, status: int = 200, **body: Any
    ) -> Any:
        """Send a request as a login (default: the union's officer), with a new idempotency key if it writes money."""
        headers = dict((who or self.country.officer).headers)
        if verb == "POST":
            headers["Idempotency-Key"] = str(uuid7())
        response = await self.country.client.request(verb, path, headers=headers, json=body or None)
        return expect_json(response, status)

    async def read(self, path: str, who: Login | None = None, **params: Any) -> Any:
        headers = (who or self.country.officer).headers
        return expect_json(await self.country.client.get(path, headers=headers, params=params))

    async def assert_balanced(self, *, cash: int) -> None:
        """The group's box holds *cash* đồng, which is what it owes, and every invariant of the books holds."""
        accounts = await self.read(f"/v1/groups/{self.group['id']}/accounts")
        assert accounts["cash"] == cash
        assert accounts["cash"] == accounts["fund"]["balance"] + accounts["members"]["balance"]
        assert await verify_ledger(self.country.owner) == []


@pytest.fixture
async def village(country: Country) -> Village:
    """Three women of one commune in a group that keeps piggy banks."""
    here = Village(country)
    here.group = await here.send(
        "POST", "/v1/groups", status=201, name="Tổ nuôi heo đất ấp Cầu Đôi", commune_code=country.commune,
        cycle="week", started_on=str(FIRST),
    )  # fmt: skip
    household = await here.send("POST", "/v1/households", status=201, commune_code=country.commune)
    people = {"pension": "Nguyễn Thị Heo Đất", "card": "=CMD|' /C calc'!A0", "poor": "Trần Thị Vườn Rau"}
    pledges = {"pension": ("bhxh_tn", 10_000), "card": ("bhyt_hgd", 3_000), "poor": ("bhxh_tn", 7_000)}
    for role, name in people.items():
        member = await here.send(
            "POST", "/v1/members", status=201, full_name=name, commune_code=country.commune,
            birth_date="1984-03-02", sex="female", national_id=national_id(), household_id=household["id"],
        )  # fmt: skip
        here.members[role] = member["id"]
        product, amount = pledges[role]
        pledge = {"kind": "money", "amount": amount, "per": "day", "product": product}
        await here.send(
            "POST", f"/v1/groups/{here.group['id']}/memberships", status=201, member_id=member["id"],
            joined_on=str(FIRST), pledges=[pledge],
        )  # fmt: skip
    here.treasurer = await country.world.user(country.union, "treasurer", groups=[UUID(here.group["id"])])
    return here


async def test_from_piggy_bank_to_pension(village: Village) -> None:
    await _the_province_sets_its_remuneration(village)
    await _the_plan_warns(village)
    await _they_save_for_a_year(village)
    await _the_forecast_says_who_falls_short(village)
    await _they_enrol(village)
    await _the_money_is_held(village)
    await _bhxh_accepts(village)
    await _the_receipts_post(village)
    await _the_list_goes_to_bhxh(village)
    await _coverage_and_renewal_appear(village)
    await _one_moves_to_compulsory_insurance_and_gets_a_refund(village)


async def _the_province_sets_its_remuneration(village: Village) -> None:
    """Of what new participants pay themselves 14 %, until further notice."""
    rule: dict[str, Any] = {
        "key": "remuneration_rate_bhxh_tn_first",
        "value": "0.14",
        "province_code": TAY_NINH,
    }
    entered = await village.send(
        "POST", "/v1/insurance/rules", village.country.bhxh, status=201, **rule,
        valid_from="2026-01-01", legal_basis="Quyết định thử",
    )  # fmt: skip
    await village.send("POST", f"/v1/insurance/rules/{entered['id']}/confirm", village.country.second_bhxh)


async def _the_plan_warns(village: Village) -> None:
    """3,000 đ a day bought a card until 2024-06-30, and does not since; 10,000 đ a day buys the pension."""
    ask: dict[str, Any] = {
        "product": "bhyt_hgd",
        "months": 12,
        "members": [{"order": 1}],
        "pledge": {"amount": 3_000, "per": "day"},
    }
    once = await village.send(
        "POST", "/v1/insurance/plans", **ask, start_date="2023-01-01", due_date="2023-12-31"
    )
    now = await village.send(
        "POST", "/v1/insurance/plans", **ask, start_date="2025-11-20", due_date="2026-11-19"
    )
    cards = [
        next(
            one for one in plan["pledge"]["candidates"] if (one["product"], one["months"]) == ("bhyt_hgd", 12)
        )
        for plan in (once, now)
    ]
    assert [card["suffices"] for card in cards] == [True, False]
    assert cards[1]["short_by"] == 1_366_200 - 365 * 3_000
    assert [change["on"] for change in now["goal"]["price_changes"]] == ["2026-07-01"]


async def _they_save_for_a_year(village: Village) -> None:
    """52 collection sheets; one of them is sent twice, as phones do."""
    weekly = {"pension": 70_000, "card": 21_000, "poor": 49_000}
    products = {"pension": "bhxh_tn", "card": "bhyt_hgd", "poor": "bhxh_tn"}
    for week in range(WEEKS):
        sheet = {
            "group_id": village.group["id"],
            "business_date": str(FIRST + timedelta(weeks=week)),
            "items": [
                {"member_id": village.members[who], "amount": amount, "product": products[who]}
                for who, amount in weekly.items()
            ],
        }
        headers = {**village.treasurer.headers, "Idempotency-Key": f"sheet {week} of {village.group['id']}"}
        for _ in range(2 if week == 20 else 1):
            expect_json(await village.country.client.post("/v1/meetings", headers=headers, json=sheet), 201)
    await village.assert_balanced(cash=WEEKS * sum(weekly.values()))


async def _the_forecast_says_who_falls_short(village: Village) -> None:
    due = today() + timedelta(days=7)
    body = await village.read(f"/v1/groups/{village.group['id']}/forecast", village.treasurer, due=str(due))
    standing = {item["member_id"]: item["status"] for item in body["items"]}
    assert standing[village.members["card"]] == "short"
    assert standing[village.members["pension"]] in ("reached", "on_track")
    short = [item["short_by"] for item in body["items"]]
    assert short == sorted(short, reverse=True), "who falls short most comes first"


async def _they_enrol(village: Village) -> None:
    month = month_of(today())
    terms: dict[str, dict[str, Any]] = {
        "pension": {"product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "support_group": "other"},
        "poor": {"product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "support_group": "near_poor"},
        "card": {"product": "bhyt_hgd", "method": "months_12"},
    }  # fmt: skip
    for who, enrolment_terms in terms.items():
        created = await village.send(
            "POST", "/v1/enrolments", status=201, member_id=village.members[who],
            group_id=village.group["id"], from_month=month, consented_on=str(today()), **enrolment_terms,
        )  # fmt: skip
        village.enrolments[who] = await village.send("POST", f"/v1/enrolments/{created['id']}/submit")
        assert village.enrolments[who]["status"] == "submitted"


async def _the_money_is_held(village: Village) -> None:
    """Savings pay for the pension; a donor adds what the card lacks."""
    cash = WEEKS * 140_000
    quotes = {who: await _quote_price(village, who) for who in village.enrolments}
    own = {"card": WEEKS * 21_000}
    for who, quote in quotes.items():
        price = quote["participant_pays"]
        mine = min(price, own.get(who, price))
        sources = [{"kind": "savings", "amount": mine}]
        if price > mine:
            sources.append({"kind": "donor", "amount": price - mine, "source": "Nhà hảo tâm"})
            cash += price - mine
        village.payments[who] = await village.send(
            "POST", "/v1/premium-payments", village.treasurer, status=201,
            enrolment_id=village.enrolments[who]["id"], business_date=str(today()), sources=sources,
        )  # fmt: skip
        assert village.payments[who]["status"] == "held"
        assert village.payments[who]["participant_pays"] + village.payments[who]["other_support"] == price
    await village.assert_balanced(cash=cash)


async def _quote_price(village: Village, member_name: str) -> Any:
    """Get the price for today from the public calculator."""
    enrolment = village.enrolments[member_name]
    query: dict[str, Any] = {"payment_date": str(today())}
    if enrolment["product"] == "bhyt_hgd":
        query |= {"product": "bhyt_hgd", "months": 12, "members": [{"order": 1}]}
    else:
        query |= {name: enrolment[name] for name in ("product", "method", "monthly_income", "support_group")}
    return await village.send("POST", "/v1/insurance/quotes", **query)


async def _bhxh_accepts(village: Village) -> None:
    """Only BHXH may; the other union does not even see it, and nothing posts before."""
    early = await _post_payment(village, "pension", "0000001")
    expect_problem(early, 409, "enrolment_status")
    for enrolment in village.enrolments.values():
        path = f"/v1/enrolments/{enrolment['id']}"
        expect_json(
            await village.country.client.post(f"{path}/accept", headers=village.country.officer.headers), 403
        )
        expect_json(await village.country.client.get(path, headers=village.country.farmers.headers), 404)
        assert (await village.send("POST", f"{path}/accept", village.country.bhxh))["status"] == "accepted"


async def _post_payment(village: Village, who: str, number: str) -> Any:
    body = {"receipt_series": "BH-80/2026", "receipt_no": number, "payment_date": str(today())}
    return await village.country.client.post(
        f"/v1/premium-payments/{village.payments[who]['id']}/post",
        headers=village.treasurer.headers,
        json=body,
    )


async def _the_receipts_post(village: Village) -> None:
    before = (await village.read(f"/v1/groups/{village.group['id']}/accounts"))["cash"]
    spent = 0
    for number, who in enumerate(village.payments, start=1):
        paid = expect_json(await _post_payment(village, who, f"{number:07}"))
        assert paid["status"] == "posted"
        spent += paid["participant_pays"] + paid["other_support"]
        path = f"/v1/enrolments/{village.enrolments[who]['id']}"
        assert (await village.read(path))["status"] == "paid"
        assert (await village.send("POST", f"{path}/activate", village.country.bhxh))["status"] == "active"
        village.payments[who] = paid
    again = expect_json(await _post_payment(village, "pension", "0000001"))
    assert again == village.payments["pension"], "a repeated receipt changes nothing"
    await village.assert_balanced(cash=before - spent)


async def _the_list_goes_to_bhxh(village: Village) -> None:
    """D05-TS, opened again: the two pensions, their sums, and no formula of a hostile name in Mẫu số 4."""
    created = await village.send("POST", "/v1/exports", status=201, form="d05_ts", list_date=str(today()))
    assert created["rows"] == 2
    sheet = await _open_export(village, created)
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert "DANH SÁCH THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN" in cells
    assert {"Nguyễn Thị Heo Đất", "Trần Thị Vườn Rau"} <= cells
    paid = [village.payments[who] for who in ("pension", "poor")]
    assert {payment["participant_pays"] for payment in paid} <= cells
    assert {
        sum(payment[column] for payment in paid) for column in ("amount_due", "participant_pays")
    } <= cells
    cards = await village.send("POST", "/v1/exports", status=201, form="mau_4", list_date=str(today()))
    for row in (await _open_export(village, cards)).iter_rows():
        assert all(cell.data_type != "f" and not str(cell.value).startswith("=") for cell in row)


async def _open_export(village: Village, created: dict[str, Any]) -> Any:
    file = await village.country.client.get(created["file_url"], headers=village.country.officer.headers)
    assert file.status_code == 200, file.text
    return openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]


async def _coverage_and_renewal_appear(village: Village) -> None:
    insured = await village.read(f"/v1/members/{village.members['pension']}/insurance")
    (pension,) = insured["products"]
    assert (pension["months_paid"], pension["covered"], pension["supported_months_left"]) == (12, True, 108)
    covered = (await village.read("/v1/coverages", member_id=village.members["card"]))["items"]
    assert [one["months"] for one in covered] == [12]
    due = await village.read("/v1/renewals", within_days=400, group_code=village.group["code"])
    assert {item["member_id"] for item in due["items"]} == set(village.members.values())
    hidden = await village.read("/v1/renewals", village.country.farmers, within_days=400)
    assert hidden["items"] == []


async def _one_moves_to_compulsory_insurance_and_gets_a_refund(village: Village) -> None:
    """Six of twelve months are left: BHXH decides, the member's passbook shows the money again."""
    payment = village.payments["pension"]
    half = month_of(date.fromisoformat(f"{payment['from_month']}-01") + timedelta(days=184))
    before = (await village.read(f"/v1/groups/{village.group['id']}/accounts"))["cash"]
    refund = await village.send(
        "POST", "/v1/premium-refunds", village.country.bhxh, status=201,
        payment_id=payment["id"], reason="compulsory", from_month=half,
    )  # fmt: skip
    assert 0 < refund["amount"] < payment["participant_pays"]
    assert refund["clawback"] == round(refund["amount"] * 0.14), "the collector's share of it goes back"
    await village.assert_balanced(cash=before)
    await village.send(
        "POST", f"/v1/premium-refunds/{refund['id']}/receive", village.treasurer,
        to="savings", business_date=str(today()),
    )  # fmt: skip
    await village.assert_balanced(cash=before + refund["amount"])
    enrolment = await village.read(f"/v1/enrolments/{village.enrolments['pension']['id']}")
    assert (enrolment["status"], enrolment["ended_why"]) == ("ended", "compulsory")
    report = await village.send(
        "POST",
        "/v1/exports",
        status=201,
        form="d11_ts",
        sheet="at",
        list_date=str(today()),
        month=month_of(today()),
    )
    cells = {cell.value for row in (await _open_export(village, report)).iter_rows() for cell in row}
    earned = [village.payments[who]["remuneration"]["amount"] for who in ("pension", "poor")]
    assert sum(earned) in cells
    passbook = await village.read(f"/v1/members/{village.members['pension']}/passbook")
    assert passbook["items"][0]["kind"] == "premium_refund"
    assert passbook["items"][0]["amount"] == refund["amount"]
