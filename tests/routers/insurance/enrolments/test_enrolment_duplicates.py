"""One person enrolled by two unions, over HTTP: seen and settled by BHXH, and by nobody else."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.insurance.enrolment_scenario import BATCHES, ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World, national_id

DUPLICATES = "/v1/enrolment-duplicates"
MERGE = f"{DUPLICATES}/merge"
REASON = {"pointer": "", "code": "repeated", "text": "Đã có đăng ký khác."}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def create_pair(scenario: EnrolmentScenario, **changed: Any) -> tuple[Any, Any]:
    """The same person, submitted by the women's union first and then by the farmers' association."""
    same = {"national_id": national_id()} | changed
    return await scenario.create_submitted(**same), await scenario.create_submitted(scenario.farmers, **same)


async def list_pairs(
    scenario: EnrolmentScenario, who: Login | None = None, /, **filters: Any
) -> list[set[str]]:
    """The enrolments of each pair in the list."""
    page = expect_json(await scenario.get(DUPLICATES, who or scenario.bhxh, **filters))
    return [{side["enrolment_id"] for side in item["enrolments"]} for item in page["items"]]


async def merge(scenario: EnrolmentScenario, keep: Any, drop: Any) -> Any:
    return expect_json(await scenario.post(MERGE, scenario.bhxh, keep=keep["id"], drop=drop["id"]), 201)


async def read_status(scenario: EnrolmentScenario, enrolment: Any) -> Any:
    return expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment['id']}", scenario.bhxh))


class TestListDuplicates:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(DUPLICATES)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "farmers", "treasurer", "partner", "sibling_officer"])
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, who: str):
        expect_problem(await scenario.get(DUPLICATES, getattr(scenario, who)), 403, "forbidden")

    async def test_both_sides_and_what_they_share(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        [items] = expect_json(await scenario.get(DUPLICATES, scenario.bhxh))["items"]
        assert (items["status"], items["product"], items["shared"]) == ("open", "bhxh_tn", ["national_id"])
        assert [side["enrolment_id"] for side in items["enrolments"]] == [theirs["id"], ours["id"]]
        assert [side["network"] for side in items["enrolments"]] == ["farmers_association", "womens_union"]
        assert (items["enrolments"][1]["from_month"], items["enrolments"][1]["status"]) == (
            "2026-12",
            "submitted",
        )
        assert items["merge_id"] is None

    async def test_by_either_number(self, scenario: EnrolmentScenario):
        number = f"{uuid4().int % 10**10:010}"
        same = {"social_insurance_no": number, "national_id": None}
        await create_pair(scenario, **same)
        await create_pair(scenario, social_insurance_no=f"{uuid4().int % 10**10:010}")
        items = expect_json(await scenario.get(DUPLICATES, scenario.bhxh))["items"]
        assert [item["shared"] for item in items] == [
            ["national_id", "social_insurance_no"],
            ["social_insurance_no"],
        ]

    async def test_what_is_no_duplicate(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        await scenario.create_submitted(**same)
        card = {"product": "bhyt_hgd", "monthly_income": None, "method": "months_3"}
        await scenario.create_submitted(scenario.farmers, **same, **card)
        await scenario.create_submitted(scenario.farmers, **same, from_month="2027-12")
        await scenario.create_submitted(scenario.farmers)
        assert await list_pairs(scenario) == []
        await scenario.create_submitted(scenario.farmers, **same, from_month="2027-09", method="months_3")
        assert len(await list_pairs(scenario)) == 1

    async def test_drafts_and_what_is_out_of_life_do_not_count(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        ours = await scenario.create_submitted(**same)
        created = expect_json(await scenario.create_enrolment(scenario.farmers, **same), 201)
        assert await list_pairs(scenario) == []
        theirs = expect_json(await scenario.transition(created, "submit", scenario.farmers))
        assert await list_pairs(scenario) == [{ours["id"], theirs["id"]}]
        expect_json(await scenario.transition(theirs, "reject", scenario.bhxh, reasons=[REASON]))
        assert await list_pairs(scenario) == []

    async def test_filters(self, scenario: EnrolmentScenario):
        first, _ = await create_pair(scenario)
        card = {"product": "bhyt_hgd", "monthly_income": None, "method": "months_3"}
        await create_pair(scenario, commune_code=scenario.world.sibling_commune, **card)
        assert len(await list_pairs(scenario)) == 2
        for filters in ({"product": "bhxh_tn"}, {"commune_code": scenario.world.commune}):
            [pairs] = await list_pairs(scenario, **filters)
            assert first["id"] in pairs
        assert len(await list_pairs(scenario, province_code=scenario.world.province)) == 2
        assert await list_pairs(scenario, province_code=scenario.world.sibling_province) == []
        assert await list_pairs(scenario, status="merged") == []

    @pytest.mark.parametrize(("name", "value"), [("status", "lost"), ("product", "x"), ("nope", "1")])
    async def test_wrong_filter_is_422(self, scenario: EnrolmentScenario, name: str, value: str):
        response = await scenario.get(DUPLICATES, scenario.bhxh, **{name: value})
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == f"/query/{name}"

    async def test_pages(self, scenario: EnrolmentScenario):
        pairs = [{one["id"] for one in await create_pair(scenario)} for _ in range(3)]
        first = expect_json(await scenario.get(DUPLICATES, scenario.bhxh, limit=2))
        rest = expect_json(
            await scenario.get(DUPLICATES, scenario.bhxh, limit=2, cursor=first["next_cursor"])
        )
        walked = [
            {side["enrolment_id"] for side in item["enrolments"]} for item in first["items"] + rest["items"]
        ]
        assert walked == pairs[::-1]
        assert rest["next_cursor"] is None
        borrowed = await scenario.get(DUPLICATES, scenario.bhxh, status="merged", cursor=first["next_cursor"])
        expect_problem(borrowed, 422, "cursor", "/query/cursor")

    async def test_elsewhere_they_are_not_seen(self, scenario: EnrolmentScenario):
        await create_pair(scenario)
        for unit in (
            await scenario.world.unit("bhxh", scenario.world.sibling_province),
            await scenario.world.unit("bhxh", scenario.world.sibling_commune, level="commune"),
        ):
            assert await list_pairs(scenario, await scenario.world.user(unit, "bhxh_officer")) == []


class TestMerge:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.post(MERGE, json={})).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "farmers", "treasurer", "partner"])
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, who: str):
        ours, theirs = await create_pair(scenario)
        body = {"keep": ours["id"], "drop": theirs["id"]}
        expect_problem(await scenario.post(MERGE, getattr(scenario, who), **body), 403, "forbidden")

    async def test_elsewhere_is_404(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        other_province_officer = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        response = await scenario.post(MERGE, other_province_officer, keep=ours["id"], drop=theirs["id"])
        expect_problem(response, 404, "not_found", "/keep")
        response = await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=str(uuid4()))
        expect_problem(response, 404, "not_found", "/drop")

    async def test_one_stays_and_one_is_rejected(self, scenario: EnrolmentScenario, owner: Any):
        ours, theirs = await create_pair(scenario)
        created = await merge(scenario, ours, theirs)
        assert (created["status"], created["keep_id"], created["drop_id"]) == (
            "merged",
            ours["id"],
            theirs["id"],
        )
        assert created["merged_by"] == str(scenario.bhxh.id)
        assert (await read_status(scenario, ours))["status"] == "submitted"
        dropped = await read_status(scenario, theirs)
        assert (dropped["status"], dropped["reasons"][0]["code"]) == ("rejected", "already_registered")
        assert await list_pairs(scenario) == []
        assert await list_pairs(scenario, status="merged") == [{ours["id"], theirs["id"]}]
        assert (
            expect_json(await scenario.get(f"{DUPLICATES}/{created['merge_id']}", scenario.bhxh)) == created
        )
        events = await owner.fetch(
            "select event, network from audit_event where subject_id = $1", created["merge_id"]
        )
        assert [tuple(event) for event in events] == [("enrolment_merge.made", "bhxh")]

    async def test_repeated_answers_the_first(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        created = await merge(scenario, ours, theirs)
        assert (
            expect_json(await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=theirs["id"]), 200)
            == created
        )
        response = await scenario.post(MERGE, scenario.bhxh, keep=theirs["id"], drop=ours["id"])
        expect_problem(response, 409, "enrolment_status")

    async def test_crossed_at_once(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        responses = await asyncio.gather(
            scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=theirs["id"]),
            scenario.post(MERGE, scenario.bhxh, keep=theirs["id"], drop=ours["id"]),
        )
        assert sorted(response.status_code for response in responses) == [201, 409]

    async def test_accepted_may_be_dropped_and_paid_may_not(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        ours, theirs = (
            await scenario.create_submitted(**same),
            await scenario.create_paid(scenario.farmers, **same),
        )
        await scenario.world.owner.execute(  # as before BHXH was stopped from accepting both
            "update enrolment set status = 'accepted', decided_at = now(), decided_by = created_by where id = $1",
            ours["id"],
        )
        response = await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=theirs["id"])
        expect_problem(response, 409, "enrolment_status")
        assert (await merge(scenario, theirs, ours))["drop_id"] == ours["id"]

    async def test_of_two_people_is_409(self, scenario: EnrolmentScenario):
        ours, theirs = await scenario.create_submitted(), await scenario.create_submitted(scenario.farmers)
        response = await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=theirs["id"])
        expect_problem(response, 409, "not_duplicates")

    async def test_of_other_months_is_409(self, scenario: EnrolmentScenario):
        same = {"national_id": national_id()}
        ours = await scenario.create_submitted(**same)
        theirs = await scenario.create_submitted(scenario.farmers, **same, from_month="2027-12")
        response = await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=theirs["id"])
        expect_problem(response, 409, "not_duplicates")

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"keep": "x"}, "/keep", "uuid"),
            ({"drop": None}, "/drop", "uuid"),
            ({"why": "x"}, "/why", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_422(
        self, scenario: EnrolmentScenario, body: dict[str, Any], pointer: str, code: str
    ):
        good = {"keep": str(uuid4()), "drop": str(uuid4())}
        response = await scenario.post(MERGE, scenario.bhxh, **good | body)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == pointer

    async def test_with_itself_is_422(self, scenario: EnrolmentScenario):
        one = str(uuid4())
        expect_problem(
            await scenario.post(MERGE, scenario.bhxh, keep=one, drop=one), 422, "same_as_keep", "/drop"
        )


class TestReadMerge:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(f"{DUPLICATES}/{uuid4()}")).status_code == 401

    async def test_who_reads(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        created = await merge(scenario, ours, theirs)
        path = f"{DUPLICATES}/{created['merge_id']}"
        for who in (scenario.officer, scenario.farmers):
            expect_problem(await scenario.get(path, who), 403, "forbidden")
        other_province_officer = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        expect_problem(await scenario.get(path, other_province_officer), 404, "not_found")
        expect_problem(await scenario.get(f"{DUPLICATES}/{uuid4()}", scenario.bhxh), 404, "not_found")


class TestUndo:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.post(f"{DUPLICATES}/{uuid4()}/undo")).status_code == 401

    async def test_who_may(self, scenario: EnrolmentScenario):
        created = await merge(scenario, *await create_pair(scenario))
        path = f"{DUPLICATES}/{created['merge_id']}/undo"
        expect_problem(await scenario.post(path, scenario.officer), 403, "forbidden")
        other_province_officer = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        expect_problem(await scenario.post(path, other_province_officer), 404, "not_found")
        expect_problem(await scenario.post(f"{DUPLICATES}/{uuid4()}/undo", scenario.bhxh), 404, "not_found")

    async def test_puts_it_back(self, scenario: EnrolmentScenario, owner: Any):
        same = {"national_id": national_id()}
        ours, theirs = (
            await scenario.create_submitted(**same),
            await scenario.create_accepted(scenario.farmers, **same),
        )
        created = await merge(scenario, ours, theirs)
        undone = expect_json(await scenario.post(f"{DUPLICATES}/{created['merge_id']}/undo", scenario.bhxh))
        assert (undone["status"], undone["undone_by"]) == ("open", str(scenario.bhxh.id))
        back = await read_status(scenario, theirs)
        named = ("status", "reasons", "decided_at", "decided_by")
        assert {name: back[name] for name in named} == {name: theirs[name] for name in named}
        assert await list_pairs(scenario) == [{ours["id"], theirs["id"]}]
        assert await list_pairs(scenario, status="merged") == []
        kinds = await owner.fetch(
            "select kind from outbox_event where subject_id = $1 order by seq", theirs["id"]
        )
        assert [row["kind"] for row in kinds] == [
            f"enrolment.{status}" for status in ("submitted", "accepted", "rejected", "accepted")
        ]
        assert (await merge(scenario, theirs, ours))["keep_id"] == theirs["id"]

    async def test_repeated_is_409(self, scenario: EnrolmentScenario):
        created = await merge(scenario, *await create_pair(scenario))
        path = f"{DUPLICATES}/{created['merge_id']}/undo"
        expect_json(await scenario.post(path, scenario.bhxh))
        expect_problem(await scenario.post(path, scenario.bhxh), 409, "merge_moved_on")

    async def test_changed_since_is_409(self, scenario: EnrolmentScenario, owner: Any):
        created = await merge(scenario, *await create_pair(scenario))
        await owner.execute("update enrolment set version = version + 1 where id = $1", created["drop_id"])
        response = await scenario.post(f"{DUPLICATES}/{created['merge_id']}/undo", scenario.bhxh)
        expect_problem(response, 409, "merge_moved_on")

    async def test_entered_anew_is_409(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        created = await merge(scenario, ours, theirs)
        terms = {
            "product": "bhxh_tn",
            "method": "months_12",
            "monthly_income": 1_500_000,
            "from_month": "2026-12",
        }
        expect_json(
            await scenario.post(ENROLMENTS, scenario.farmers, member_id=theirs["member_id"], **terms), 201
        )
        expect_problem(
            await scenario.post(f"{DUPLICATES}/{created['merge_id']}/undo", scenario.bhxh),
            409,
            "enrolment_exists",
        )


class TestWhatAUnionLearns:
    """Each union sees only what it would see without the other one, until BHXH decides; then the decision and no more."""

    async def test_of_another_union_nothing(self, scenario: EnrolmentScenario, owner: Any):
        number = national_id()
        ours = await scenario.create_submitted(national_id=number)
        theirs = await scenario.create_submitted(scenario.farmers, national_id=number)
        batch = expect_json(
            await scenario.send(
                scenario.row(national_id=number, from_month="2028-01"), login=scenario.farmers
            )
        )
        created = await merge(scenario, ours, theirs)
        foreign = {
            ours["id"],
            ours["member_id"],
            str(scenario.unit.id),
            "womens_union",
            created["merge_id"],
            "merge",
        }
        paths = [
            ENROLMENTS,
            f"{ENROLMENTS}/{theirs['id']}",
            f"{ENROLMENTS}/{theirs['id']}/checks",
            BATCHES,
            f"{BATCHES}/{batch['batch_id']}",
            f"/v1/members/{theirs['member_id']}",
        ]
        texts = [(await scenario.get(path, scenario.farmers)).text for path in paths] + [json.dumps(batch)]
        events = await owner.fetch(
            "select data::text as told from outbox_event where network = 'farmers_association'"
            " union all select event || fields::text from audit_event where network = 'farmers_association'"
            "  and subject_id = any ($1)",
            [theirs["id"], theirs["member_id"]],
        )
        texts += [event["told"] for event in events]
        assert [(word, text) for text in texts for word in foreign if word in text] == []
        dropped = expect_json(await scenario.get(f"{ENROLMENTS}/{theirs['id']}", scenario.farmers))
        assert [reason["code"] for reason in dropped["reasons"]] == ["already_registered"]

    async def test_of_the_one_that_stays_nothing_changes(self, scenario: EnrolmentScenario, owner: Any):
        ours, theirs = await create_pair(scenario)
        before = expect_json(await scenario.get(f"{ENROLMENTS}/{ours['id']}"))
        count = "select count(*) from outbox_event where subject_id = $1"
        event_count = await owner.fetchval(count, ours["id"])
        await merge(scenario, ours, theirs)
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{ours['id']}")) == before
        assert await owner.fetchval(count, ours["id"]) == event_count

    async def test_each_step_answers_as_if_it_were_alone(self, scenario: EnrolmentScenario):
        """The same person by the second union as by the first, until BHXH decides."""
        number = national_id()
        first = await scenario.create_paid(national_id=number)
        second = await scenario.create_submitted(scenario.farmers, national_id=number)
        for created, who in ((first, scenario.officer), (second, scenario.farmers)):
            assert expect_json(await scenario.get(f"{ENROLMENTS}/{created['id']}/checks", who))["items"] == []
