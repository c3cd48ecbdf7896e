"""Cards of groups that the state supports over HTTP: enrolled, proven, accepted, and paid at the price of the quote."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import add_months, first_day, month_of, today
from app.insurance.enrolments.schemas import EnrolmentOut
from app.insurance.kinds import CardGroup
from app.insurance.law.proof import PROOF_RULES
from tests.imports.import_files import CSV, to_csv
from tests.insurance.enrolment_scenario import BATCHES, ENROLMENTS, EnrolmentScenario
from tests.insurance.premium_scenario import CARD_PRICE, PAYMENTS, PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

NEXT_MONTH = add_months(month_of(today()), 1)
BEGINS = first_day(NEXT_MONTH)
SUPPORT = {
    "near_poor": 956_340, "near_poor_poor_commune": CARD_PRICE, "student": 683_100, "farm_household": 409_860,
    "ethnic_minority": 956_340, "community_worker": 683_100, "trafficking_victim": 683_100, "mine_victim": 409_860,
}  # fmt: skip
"""What the state pays of a card of twelve months by NĐ 188/2025/NĐ-CP, Article 6.6: 70, 100, 50, 30 % …"""
STUDENT: dict[str, Any] = {
    "support_group": "student", "proof_kind": "student_card", "proof_no": "SV-2026/0815",
    "proof_issued_by": "Trường THPT Kỳ Anh", "proof_valid_until": str(BEGINS),
}  # fmt: skip
NO_PROOF: dict[str, Any] = dict.fromkeys(("proof_kind", "proof_no", "proof_issued_by", "proof_valid_until"))


def card(**changed: Any) -> dict[str, Any]:
    """The fields of a card in a row."""
    return {"product": "bhyt_hgd", "monthly_income": None, "from_month": NEXT_MONTH} | changed


def proven(group: CardGroup, valid_until: date = BEGINS) -> dict[str, Any]:
    """A group with a paper that fits it."""
    kind = min(PROOF_RULES[group].kinds).value
    return {"support_group": group.value, "proof_kind": kind, "proof_valid_until": str(valid_until)}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


@pytest.fixture
async def books(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


async def find_checks(scenario: EnrolmentScenario, enrolment: Any) -> list[tuple[str, str, str]]:
    body = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment['id']}/checks"))
    return [(item["severity"], item["pointer"], item["code"]) for item in body["items"]]


async def accept_as_list(scenario: EnrolmentScenario, *enrolments: Any) -> list[list[str]]:
    """Accept them in one call: the codes of each."""
    body = {"action": "accept", "items": [{"enrolment_id": one["id"]} for one in enrolments]}
    headers = scenario.bhxh.headers | {"Idempotency-Key": str(uuid7())}
    response = await scenario.client.post(f"{ENROLMENTS}/decisions", json=body, headers=headers)
    return [[error["code"] for error in item["errors"]] for item in expect_json(response)["items"]]


class TestEveryGroup:
    @pytest.mark.parametrize("group", CardGroup)
    async def test_costs_what_the_quote_says_when_held_and_when_posted(
        self, books: PremiumScenario, group: CardGroup
    ):
        quoted = expect_json(
            await books.client.post(
                "/v1/insurance/quotes",
                json={
                    "product": "bhyt_hgd", "payment_date": str(today()), "months": 12,
                    "members": [{"order": 1, "support_group": group.value}],
                },
            )
        )  # fmt: skip
        shares = ("amount_due", "state_support", "province_support", "participant_pays")
        assert [quoted[name] for name in shares] == [
            CARD_PRICE, SUPPORT[group.value], 0, CARD_PRICE - SUPPORT[group.value],
        ]  # fmt: skip
        enrolment = await books.create_card_enrolment(
            books.members[0], from_month=NEXT_MONTH, **proven(group)
        )
        sources = []
        if needed := quoted["participant_pays"]:
            await books.save(books.members[0], needed)
            sources = [{"kind": "savings", "amount": needed}]
        body = books.payment_body(enrolment) | {"sources": sources}
        held = expect_json(await books.post(PAYMENTS, body), 201)
        posted = expect_json(await books.post_payment(held))
        for payment in (held, posted):
            assert [payment[name] for name in shares] == [quoted[name] for name in shares]
            assert payment["household_order"] is None
        seen = expect_json(await books.get(f"{PAYMENTS}/{held['id']}", login=books.officer))
        assert seen["support_group"] == group.value
        await books.assert_books_agree()

    @pytest.mark.parametrize("group", CardGroup)
    async def test_is_not_one_of_voluntary_insurance(self, scenario: EnrolmentScenario, group: CardGroup):
        response = await scenario.create_enrolment(support_group=group.value)
        if group.value in ("near_poor", "ethnic_minority"):
            assert expect_json(response, 201)["support_group"] == group.value
        else:
            expect_problem(response, 422, "not_for_product", "/support_group")

    async def test_with_what_the_province_adds(self, books: PremiumScenario, owner: Any):
        await owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
            " values ($1, 'bhyt_province_support_rate_farm_household', 0.2, $2, '2020-01-01', 'NQ thử', 'active')",
            uuid7(), books.world.province,
        )  # fmt: skip
        farm = proven(CardGroup.FARM_HOUSEHOLD)
        enrolment = await books.create_card_enrolment(books.members[0], from_month=NEXT_MONTH, **farm)
        await books.save(books.members[0], 683_100)
        body = books.payment_body(enrolment, {"kind": "savings", "amount": 683_100})
        for _ in range(40):  # the rules in this process may be half a second old
            response = await books.post(PAYMENTS, body)
            if response.status_code == 201:
                break
            await asyncio.sleep(0.05)
        held = expect_json(response, 201)
        assert (held["state_support"], held["province_support"]) == (409_860, 273_240)
        assert expect_json(await books.post_payment(held))["participant_pays"] == 683_100


class TestProof:
    async def test_is_kept_read_and_corrected(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(**card(), **STUDENT)
        EnrolmentOut.model_validate(draft, extra="forbid")
        assert {name: draft[name] for name in STUDENT} == STUDENT
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{draft['id']}")) == draft
        other: dict[str, Any] = {
            "proof_kind": "school_confirmation",
            "proof_no": None,
            "proof_valid_until": "2027-05-31",
        }
        edited = expect_json(await scenario.edit(draft, **other))
        assert {name: edited[name] for name in STUDENT} == STUDENT | other
        left = expect_json(await scenario.edit(edited, support_group=None, **NO_PROOF))
        assert {name: left[name] for name in NO_PROOF} == NO_PROOF

    async def test_who_may_not_see_the_group_sees_no_proof(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(**card(), **STUDENT, group_code=scenario.group.code)
        reader = await scenario.world.partner(scenario.unit, "enrolments:read")
        hidden = draft | dict.fromkeys(STUDENT)
        for who in (scenario.treasurer, reader):
            assert expect_json(await scenario.get(f"{ENROLMENTS}/{draft['id']}", who)) == hidden
            [listed] = expect_json(await scenario.get(ENROLMENTS, who, member_id=draft["member_id"]))["items"]
            assert listed == hidden
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{draft['id']}", scenario.bhxh)) == draft

    async def test_others_see_and_change_nothing(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(**card(), **STUDENT)
        for who in (scenario.farmers, scenario.sibling_officer):
            expect_problem(await scenario.get(f"{ENROLMENTS}/{draft['id']}", who), 404, "not_found")
            expect_problem(await scenario.edit(draft, who, proof_no="x"), 404, "not_found")
        expect_problem(await scenario.edit(draft, scenario.bhxh, proof_no="x"), 403, "forbidden")
        response = await scenario.client.patch(f"{ENROLMENTS}/{draft['id']}", json={"proof_no": "x"})
        expect_problem(response, 401, "unauthenticated")

    async def test_the_audit_does_not_repeat_it(self, scenario: EnrolmentScenario, owner: Any):
        draft = await scenario.create_draft(**card(), **STUDENT)
        expect_json(await scenario.edit(draft, proof_no="SV-4711", proof_issued_by="Trường khác"))
        fields = await owner.fetch(
            "select fields::text from audit_event where subject_id = $1", UUID(draft["id"])
        )
        assert len(fields) == 2
        assert not [row for row in fields if "4711" in row[0] or "Trường" in row[0]]

    @pytest.mark.parametrize(
        ("changed", "pointer", "code"),
        [
            ({"proof_kind": "appointment"}, "/proof_kind", "proof_not_of_group"),
            ({"proof_kind": None}, "/proof_kind", "proof_kind_missing"),
            ({"support_group": None}, "/proof_kind", "proof_without_group"),
            ({"support_group": "other"}, "/proof_kind", "proof_without_group"),
            ({"proof_kind": "passport"}, "/proof_kind", "enum"),
            ({"proof_no": ""}, "/proof_no", "empty"),
            ({"proof_no": "x" * 201}, "/proof_no", "too_long"),
            ({"proof_no": "SV\u0007"}, "/proof_no", "invisible_character"),
            ({"proof_no": "SV\u202e1"}, "/proof_no", "invisible_character"),
            ({"proof_no": 7}, "/proof_no", "string_type"),
            ({"proof_issued_by": "x" * 201}, "/proof_issued_by", "too_long"),
            ({"proof_issued_by": "a\nb"}, "/proof_issued_by", "invisible_character"),
            ({"proof_valid_until": "31/05/2027"}, "/proof_valid_until", None),
            ({"proof_valid_until": "2027-02-29"}, "/proof_valid_until", None),
            ({"support_group": "kings"}, "/support_group", None),
        ],
    )
    async def test_hostile_values_are_refused_at_their_field(
        self, scenario: EnrolmentScenario, changed: dict[str, Any], pointer: str, code: str | None
    ):
        body = card() | STUDENT | changed
        draft = await scenario.create_draft(**card(), **STUDENT)
        for response in (await scenario.create_enrolment(**body), await scenario.edit(draft, **changed)):
            assert response.status_code == 422, response.text
            errors = {error["pointer"]: error["code"] for error in response.json()["errors"]}
            assert pointer in errors, errors
            assert code in (None, errors[pointer])
        [item] = (await scenario.send_ok(scenario.row(**body)))["items"]
        assert item["status"] == "rejected"
        assert f"/items/0{pointer}" in {error["pointer"] for error in item["errors"]}

    async def test_a_proof_is_not_for_voluntary_insurance(self, scenario: EnrolmentScenario):
        response = await scenario.create_enrolment(proof_kind="approved_list")
        expect_problem(response, 422, "not_for_product", "/proof_kind")


class TestMissing:
    async def test_is_submitted_with_a_warning_and_not_accepted(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(**card(support_group="farm_household"))
        assert await find_checks(scenario, draft) == [("warning", "/proof_kind", "proof_missing")]
        submitted = expect_json(await scenario.transition(draft, "submit"))
        assert await find_checks(scenario, submitted) == [("error", "/proof_kind", "proof_missing")]
        refused = await scenario.transition(submitted, "accept", scenario.bhxh)
        expect_problem(refused, 422, "proof_missing", "/proof_kind")
        good = await scenario.create_submitted(**card(), **STUDENT)
        assert await accept_as_list(scenario, submitted, good) == [["proof_missing"], []]

    async def test_returned_and_proven_it_is_accepted(self, scenario: EnrolmentScenario):
        submitted = await scenario.create_submitted(**card(support_group="mine_victim"))
        reasons = [{"code": "support_group_unproven"}]
        returned = expect_json(await scenario.transition(submitted, "return", scenario.bhxh, reasons=reasons))
        edited = expect_json(await scenario.edit(returned, proof_kind="victim_confirmation"))
        again = expect_json(await scenario.transition(edited, "submit"))
        assert expect_json(await scenario.transition(again, "accept", scenario.bhxh))["status"] == "accepted"

    async def test_of_a_support_for_a_time_the_end_is_needed(self, scenario: EnrolmentScenario):
        proof = {"support_group": "trafficking_victim", "proof_kind": "victim_confirmation"}
        submitted = await scenario.create_submitted(**card(), **proof)
        refused = await scenario.transition(submitted, "accept", scenario.bhxh)
        expect_problem(refused, 422, "proof_end_missing", "/proof_valid_until")

    async def test_what_bhxh_accepted_before_is_paid(self, books: PremiumScenario):
        """Accepted while nobody asked for a proof: it stays payable."""
        farm = proven(CardGroup.FARM_HOUSEHOLD)
        enrolment = await books.create_card_enrolment(books.members[0], from_month=NEXT_MONTH, **farm)
        await books.world.owner.execute(
            "update enrolment set proof_kind = null, proof_valid_until = null where id = $1", UUID(enrolment)
        )
        needed = CARD_PRICE - SUPPORT["farm_household"]
        await books.save(books.members[0], needed)
        held = await books.hold_payment(enrolment, {"kind": "savings", "amount": needed})
        assert expect_json(await books.post_payment(held))["status"] == "posted"


class TestEnd:
    @pytest.mark.parametrize("group", CardGroup)
    async def test_the_day_before_is_refused_and_the_day_itself_accepted(
        self, scenario: EnrolmentScenario, group: CardGroup
    ):
        old = await scenario.create_draft(**card(), **proven(group, BEGINS - timedelta(days=1)))
        assert await find_checks(scenario, old) == [("error", "/proof_valid_until", "proof_ran_out")]
        expect_problem(await scenario.transition(old, "submit"), 422, "proof_ran_out", "/proof_valid_until")
        accepted = await scenario.create_accepted(**card(), **proven(group, BEGINS))
        assert accepted["status"] == "accepted"

    async def test_the_day_of_payment_counts_within_the_month(self, scenario: EnrolmentScenario):
        now = card(from_month=month_of(today()))
        for days, status in ((1, 422), (0, 200)):
            until = today() - timedelta(days=days)
            draft = await scenario.create_draft(**now, **proven(CardGroup.STUDENT, until))
            assert (await scenario.transition(draft, "submit")).status_code == status

    async def test_what_ran_out_since_is_not_accepted_held_or_posted(self, books: PremiumScenario):
        student = proven(CardGroup.STUDENT)
        member, needed = books.members[0], CARD_PRICE - SUPPORT["student"]
        enrolment = await books.create_card_enrolment(
            member, accepted=False, from_month=NEXT_MONTH, **student
        )
        await books.save(member, needed)
        expire = "update enrolment set proof_valid_until = $2 where id = $1"
        await books.world.owner.execute(expire, UUID(enrolment), BEGINS - timedelta(days=1))
        refused = await books.post(f"{ENROLMENTS}/{enrolment}/accept", login=books.bhxh)
        expect_problem(refused, 422, "proof_ran_out", "/proof_valid_until")
        body = books.payment_body(enrolment, {"kind": "savings", "amount": needed})
        expect_problem(await books.post(PAYMENTS, body), 422, "proof_ran_out", "/enrolment_id")
        assert await books.balance(member) == (needed, 0)
        await books.world.owner.execute(expire, UUID(enrolment), BEGINS)
        await books.accept(enrolment)
        held = await books.hold_payment(enrolment, {"kind": "savings", "amount": needed})
        await books.world.owner.execute(expire, UUID(enrolment), BEGINS - timedelta(days=1))
        expect_problem(await books.post_payment(held), 422, "proof_ran_out", "/payment_date")
        await books.world.owner.execute(expire, UUID(enrolment), BEGINS)
        assert expect_json(await books.post_payment(held))["status"] == "posted"


class TestRows:
    async def test_of_a_partner_each_with_its_own_outcome(self, scenario: EnrolmentScenario):
        rows = [
            *(proven(group) for group in CardGroup),
            {"support_group": "student"},
            proven(CardGroup.STUDENT, BEGINS - timedelta(days=1)),
            STUDENT | {"proof_kind": "appointment"},
        ]
        items = (await scenario.send_ok(*(scenario.row(**card(), **row) for row in rows)))["items"]
        groups = len(CardGroup)
        assert [item["status"] for item in items] == ["created"] * (groups + 1) + ["rejected"] * 2
        assert [item["warnings"] for item in items[:groups]] == [[]] * groups
        [warning] = items[groups]["warnings"]
        assert (warning["pointer"], warning["code"]) == (f"/items/{groups}/proof_kind", "proof_missing")
        assert [error["code"] for item in items[groups + 1 :] for error in item["errors"]] == [
            "proof_ran_out", "proof_not_of_group",
        ]  # fmt: skip

    async def test_a_proof_that_comes_later_updates_the_row(self, scenario: EnrolmentScenario):
        row = scenario.row(**card(support_group="student"))
        [first] = (await scenario.send_ok(row))["items"]
        body = {"mode": "partial", "on_conflict": "update_open", "items": [row | STUDENT]}
        headers = scenario.partner.headers | {"Idempotency-Key": str(uuid7())}
        [again] = expect_json(await scenario.client.post(BATCHES, json=body, headers=headers))["items"]
        assert (again["status"], again["enrolment_id"]) == ("updated", first["enrolment_id"])
        read = expect_json(await scenario.get(f"{ENROLMENTS}/{first['enrolment_id']}"))
        assert {name: read[name] for name in STUDENT} == STUDENT
        assert await accept_as_list(scenario, read) == [[]]

    async def test_of_a_file_with_vietnamese_headings(self, scenario: EnrolmentScenario):
        def row(name: str, group: str, paper: str, until: str) -> dict[str, Any]:
            return {
                "Họ và tên": name, "Ngày sinh": "2/3/1984", "Mã xã": scenario.world.commune, "Loại hình": "BHYT",
                "Phương thức": "12 tháng", "Từ tháng": f"{BEGINS:%m/%Y}", "Nhóm hỗ trợ": group,
                "Giấy tờ chứng minh": paper, "Số giấy tờ": "12/QĐ-UBND", "Nơi cấp": "UBND xã", "Có giá trị đến": until,
            }  # fmt: skip

        until = f"{BEGINS.day}/{BEGINS.month}/{BEGINS.year}"
        rows = [
            row("Trần Thị Nông", "Hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình", "Quyết định phê duyệt danh sách", until),
            row("Trần Thị Học", "học sinh, sinh viên", "Thẻ sinh viên", until),
            row("Trần Thị Cũ", "Nạn nhân bom mìn", "Giấy xác nhận nạn nhân", f"1/{BEGINS.month}/{BEGINS.year - 1}"),
            row("Trần Thị Lạ", "học sinh", "hộ chiếu", until),
        ]  # fmt: skip
        response = await scenario.client.post(
            BATCHES,
            params={"mode": "partial"},
            content=to_csv(rows),
            headers=scenario.partner.headers | {"Content-Type": CSV, "Idempotency-Key": str(uuid7())},
        )
        items = expect_json(response)["items"]
        assert [item["status"] for item in items] == ["created", "created", "rejected", "rejected"], items
        assert items[2]["errors"][0]["detail"].startswith("Dòng 4, cột “Có giá trị đến”: ")
        assert items[3]["errors"][0]["detail"].startswith("Dòng 5, cột “Giấy tờ chứng minh”: ")
        read = [expect_json(await scenario.get(f"{ENROLMENTS}/{item['enrolment_id']}")) for item in items[:2]]
        assert [(one["support_group"], one["proof_kind"]) for one in read] == [
            ("farm_household", "approved_list"), ("student", "student_card"),
        ]  # fmt: skip
        assert [(one["proof_no"], one["proof_issued_by"], one["proof_valid_until"]) for one in read] == [
            ("12/QĐ-UBND", "UBND xã", str(BEGINS))
        ] * 2


class TestFreeCard:
    @pytest.mark.parametrize("group", ["near_poor", "near_poor_poor_commune", None])
    async def test_from_seventy_for_the_poor_and_near_poor(
        self, scenario: EnrolmentScenario, group: str | None
    ):
        """The day before and the day itself of 70 years, by the first day of the card's month."""
        for born_after, is_told in ((1, False), (0, True)):
            born = BEGINS.replace(year=BEGINS.year - 70) + timedelta(days=born_after)
            draft = await scenario.create_draft(
                **card(support_group=group), birth_date=str(born), national_id=None
            )
            told = ("warning", "/birth_date", "card_free_with_social_pension")
            expected = is_told and group is not None
            assert (told in await find_checks(scenario, draft)) is expected
            assert (await scenario.transition(draft, "submit")).status_code == 200

    async def test_by_what_the_register_says(self, scenario: EnrolmentScenario):
        born = {"birth_date": str(BEGINS.replace(year=BEGINS.year - 72)), "national_id": None}
        draft = await scenario.create_draft(**card(support_group=None), **born)
        path = f"/v1/members/{draft['member_id']}/support-groups"
        told = ("warning", "/birth_date", "card_free_with_social_pension")
        for kind, valid_to, is_told in (
            ("island", None, False),
            ("near_poor", str(BEGINS - timedelta(days=1)), False),
            ("poor", None, True),
        ):
            group = {"kind": kind, "valid_from": "2026-01-01", "valid_to": valid_to}
            expect_json(await scenario.post(path, scenario.officer, **group), 201)
            assert (told in await find_checks(scenario, draft)) is is_told

    @pytest.mark.parametrize("kind", ["social_pension", "poor_household", "disabled", "merit", "child"])
    async def test_of_another_group_is_noted_and_told(self, scenario: EnrolmentScenario, kind: str):
        draft = await scenario.create_draft(**card(support_group=None))
        path = f"/v1/members/{draft['member_id']}/other-insurance"
        noted = expect_json(await scenario.post(path, scenario.bhxh, kind=kind, valid_from="2026-01-01"), 201)
        told = ("warning", "/product", "insured_in_another_group")
        assert await find_checks(scenario, draft) == [told]
        premium = await scenario.create_draft(
            member_id=draft["member_id"], **dict.fromkeys(
                ("full_name", "birth_date", "sex", "national_id", "phone", "commune_code")
            ),
        )  # fmt: skip
        assert await find_checks(scenario, premium) == []
        ended = f"{path}/{noted['id']}/end"
        expect_json(await scenario.post(ended, scenario.bhxh, valid_to=str(BEGINS - timedelta(days=1))))
        assert await find_checks(scenario, draft) == []
