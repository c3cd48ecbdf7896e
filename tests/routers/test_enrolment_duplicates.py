"""One person enrolled by two unions, over HTTP: seen and settled by BHXH, and by nobody else."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.insurance.rows import BATCHES, ENROLMENTS, Cast
from tests.routers.answers import got, refused
from tests.world import Login, World, national_id

DUPLICATES = "/v1/enrolment-duplicates"
MERGE = f"{DUPLICATES}/merge"
REASON = {"pointer": "", "code": "repeated", "text": "Đã có đăng ký khác."}


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def pair(cast: Cast, **changed: Any) -> tuple[Any, Any]:
    """The same person, submitted by the women's union first and then by the farmers' association."""
    same = {"national_id": national_id()} | changed
    return await cast.submitted(**same), await cast.submitted(cast.farmers, **same)


async def seen(cast: Cast, who: Login | None = None, /, **wanted: Any) -> list[set[str]]:
    """The enrolments of each pair in the list."""
    page = got(await cast.get(DUPLICATES, who or cast.bhxh, **wanted))
    return [{side["enrolment_id"] for side in item["enrolments"]} for item in page["items"]]


async def merged(cast: Cast, keep: Any, drop: Any) -> Any:
    return got(await cast.call(MERGE, cast.bhxh, keep=keep["id"], drop=drop["id"]), 201)


async def state(cast: Cast, enrolment: Any) -> Any:
    return got(await cast.get(f"{ENROLMENTS}/{enrolment['id']}", cast.bhxh))


class TestListDuplicates:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.get(DUPLICATES)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "farmers", "treasurer", "partner", "sibling_officer"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        refused(await cast.get(DUPLICATES, getattr(cast, who)), 403, "forbidden")

    async def test_both_sides_and_what_they_share(self, cast: Cast):
        ours, theirs = await pair(cast)
        [found] = got(await cast.get(DUPLICATES, cast.bhxh))["items"]
        assert (found["status"], found["product"], found["shared"]) == ("open", "bhxh_tn", ["national_id"])
        assert [side["enrolment_id"] for side in found["enrolments"]] == [theirs["id"], ours["id"]]
        assert [side["network"] for side in found["enrolments"]] == ["farmers_association", "womens_union"]
        assert (found["enrolments"][1]["from_month"], found["enrolments"][1]["status"]) == (
            "2026-12",
            "submitted",
        )
        assert found["merge_id"] is None

    async def test_by_either_number(self, cast: Cast):
        number = f"{uuid4().int % 10**10:010}"
        same = {"social_insurance_no": number, "national_id": None}
        await pair(cast, **same)
        await pair(cast, social_insurance_no=f"{uuid4().int % 10**10:010}")
        items = got(await cast.get(DUPLICATES, cast.bhxh))["items"]
        assert [item["shared"] for item in items] == [
            ["national_id", "social_insurance_no"],
            ["social_insurance_no"],
        ]

    async def test_what_is_no_duplicate(self, cast: Cast):
        same = {"national_id": national_id()}
        await cast.submitted(**same)
        card = {"product": "bhyt_hgd", "monthly_income": None, "method": "months_3"}
        await cast.submitted(cast.farmers, **same, **card)
        await cast.submitted(cast.farmers, **same, from_month="2027-12")
        await cast.submitted(cast.farmers)
        assert await seen(cast) == []
        await cast.submitted(cast.farmers, **same, from_month="2027-11")
        assert len(await seen(cast)) == 1

    async def test_drafts_and_what_is_out_of_life_do_not_count(self, cast: Cast):
        same = {"national_id": national_id()}
        ours = await cast.submitted(**same)
        made = got(await cast.create_one(cast.farmers, **same), 201)
        assert await seen(cast) == []
        theirs = got(await cast.step(made, "submit", cast.farmers))
        assert await seen(cast) == [{ours["id"], theirs["id"]}]
        got(await cast.step(theirs, "reject", cast.bhxh, reasons=[REASON]))
        assert await seen(cast) == []

    async def test_filters(self, cast: Cast):
        first, _ = await pair(cast)
        card = {"product": "bhyt_hgd", "monthly_income": None, "method": "months_3"}
        await pair(cast, commune_code=cast.world.sibling_commune, **card)
        assert len(await seen(cast)) == 2
        for wanted in ({"product": "bhxh_tn"}, {"commune_code": cast.world.commune}):
            [found] = await seen(cast, **wanted)
            assert first["id"] in found
        assert len(await seen(cast, province_code=cast.world.province)) == 2
        assert await seen(cast, province_code=cast.world.sibling_province) == []
        assert await seen(cast, status="merged") == []

    @pytest.mark.parametrize(("name", "value"), [("status", "lost"), ("product", "x"), ("nope", "1")])
    async def test_wrong_filter_is_422(self, cast: Cast, name: str, value: str):
        answer = await cast.get(DUPLICATES, cast.bhxh, **{name: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/query/{name}"

    async def test_pages(self, cast: Cast):
        pairs = [{one["id"] for one in await pair(cast)} for _ in range(3)]
        first = got(await cast.get(DUPLICATES, cast.bhxh, limit=2))
        rest = got(await cast.get(DUPLICATES, cast.bhxh, limit=2, cursor=first["next_cursor"]))
        walked = [
            {side["enrolment_id"] for side in item["enrolments"]} for item in first["items"] + rest["items"]
        ]
        assert walked == pairs[::-1]
        assert rest["next_cursor"] is None
        borrowed = await cast.get(DUPLICATES, cast.bhxh, status="merged", cursor=first["next_cursor"])
        refused(borrowed, 422, "cursor", "/query/cursor")

    async def test_elsewhere_they_are_not_seen(self, cast: Cast):
        await pair(cast)
        for unit in (
            await cast.world.unit("bhxh", cast.world.sibling_province),
            await cast.world.unit("bhxh", cast.world.sibling_commune, level="commune"),
        ):
            assert await seen(cast, await cast.world.user(unit, "bhxh_officer")) == []


class TestMerge:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.post(MERGE, json={})).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "farmers", "treasurer", "partner"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        ours, theirs = await pair(cast)
        body = {"keep": ours["id"], "drop": theirs["id"]}
        refused(await cast.call(MERGE, getattr(cast, who), **body), 403, "forbidden")

    async def test_elsewhere_is_404(self, cast: Cast):
        ours, theirs = await pair(cast)
        far = await cast.world.user(
            await cast.world.unit("bhxh", cast.world.sibling_province), "bhxh_officer"
        )
        answer = await cast.call(MERGE, far, keep=ours["id"], drop=theirs["id"])
        refused(answer, 404, "not_found", "/keep")
        answer = await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=str(uuid4()))
        refused(answer, 404, "not_found", "/drop")

    async def test_one_stays_and_one_is_rejected(self, cast: Cast, owner: Any):
        ours, theirs = await pair(cast)
        made = await merged(cast, ours, theirs)
        assert (made["status"], made["keep_id"], made["drop_id"]) == ("merged", ours["id"], theirs["id"])
        assert made["merged_by"] == str(cast.bhxh.id)
        assert (await state(cast, ours))["status"] == "submitted"
        dropped = await state(cast, theirs)
        assert (dropped["status"], dropped["reasons"][0]["code"]) == ("rejected", "already_registered")
        assert await seen(cast) == []
        assert await seen(cast, status="merged") == [{ours["id"], theirs["id"]}]
        assert got(await cast.get(f"{DUPLICATES}/{made['merge_id']}", cast.bhxh)) == made
        events = await owner.fetch(
            "select event, network from audit_event where subject_id = $1", made["merge_id"]
        )
        assert [tuple(event) for event in events] == [("enrolment_merge.made", "bhxh")]

    async def test_repeated_answers_the_first(self, cast: Cast):
        ours, theirs = await pair(cast)
        made = await merged(cast, ours, theirs)
        assert got(await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=theirs["id"]), 200) == made
        answer = await cast.call(MERGE, cast.bhxh, keep=theirs["id"], drop=ours["id"])
        refused(answer, 409, "enrolment_status")

    async def test_crossed_at_once(self, cast: Cast):
        ours, theirs = await pair(cast)
        answers = await asyncio.gather(
            cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=theirs["id"]),
            cast.call(MERGE, cast.bhxh, keep=theirs["id"], drop=ours["id"]),
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]

    async def test_accepted_may_be_dropped_and_paid_may_not(self, cast: Cast):
        same = {"national_id": national_id()}
        ours, theirs = await cast.accepted(**same), await cast.paid(cast.farmers, **same)
        answer = await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=theirs["id"])
        refused(answer, 409, "enrolment_status")
        assert (await merged(cast, theirs, ours))["drop_id"] == ours["id"]

    async def test_of_two_people_is_409(self, cast: Cast):
        ours, theirs = await cast.submitted(), await cast.submitted(cast.farmers)
        answer = await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=theirs["id"])
        refused(answer, 409, "not_duplicates")

    async def test_of_other_months_is_409(self, cast: Cast):
        same = {"national_id": national_id()}
        ours = await cast.submitted(**same)
        theirs = await cast.submitted(cast.farmers, **same, from_month="2027-12")
        answer = await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=theirs["id"])
        refused(answer, 409, "not_duplicates")

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"keep": "x"}, "/keep", "uuid"),
            ({"drop": None}, "/drop", "uuid"),
            ({"why": "x"}, "/why", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_422(self, cast: Cast, body: dict[str, Any], pointer: str, code: str):
        good = {"keep": str(uuid4()), "drop": str(uuid4())}
        answer = await cast.call(MERGE, cast.bhxh, **good | body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer

    async def test_with_itself_is_422(self, cast: Cast):
        one = str(uuid4())
        refused(await cast.call(MERGE, cast.bhxh, keep=one, drop=one), 422, "same_as_keep", "/drop")


class TestReadMerge:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.get(f"{DUPLICATES}/{uuid4()}")).status_code == 401

    async def test_who_reads(self, cast: Cast):
        ours, theirs = await pair(cast)
        made = await merged(cast, ours, theirs)
        path = f"{DUPLICATES}/{made['merge_id']}"
        for who in (cast.officer, cast.farmers):
            refused(await cast.get(path, who), 403, "forbidden")
        far = await cast.world.user(
            await cast.world.unit("bhxh", cast.world.sibling_province), "bhxh_officer"
        )
        refused(await cast.get(path, far), 404, "not_found")
        refused(await cast.get(f"{DUPLICATES}/{uuid4()}", cast.bhxh), 404, "not_found")


class TestUndo:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.post(f"{DUPLICATES}/{uuid4()}/undo")).status_code == 401

    async def test_who_may(self, cast: Cast):
        made = await merged(cast, *await pair(cast))
        path = f"{DUPLICATES}/{made['merge_id']}/undo"
        refused(await cast.call(path, cast.officer), 403, "forbidden")
        far = await cast.world.user(
            await cast.world.unit("bhxh", cast.world.sibling_province), "bhxh_officer"
        )
        refused(await cast.call(path, far), 404, "not_found")
        refused(await cast.call(f"{DUPLICATES}/{uuid4()}/undo", cast.bhxh), 404, "not_found")

    async def test_puts_it_back(self, cast: Cast, owner: Any):
        same = {"national_id": national_id()}
        ours, theirs = await cast.submitted(**same), await cast.accepted(cast.farmers, **same)
        made = await merged(cast, ours, theirs)
        undone = got(await cast.call(f"{DUPLICATES}/{made['merge_id']}/undo", cast.bhxh))
        assert (undone["status"], undone["undone_by"]) == ("open", str(cast.bhxh.id))
        back = await state(cast, theirs)
        named = ("status", "reasons", "decided_at", "decided_by")
        assert {name: back[name] for name in named} == {name: theirs[name] for name in named}
        assert await seen(cast) == [{ours["id"], theirs["id"]}]
        assert await seen(cast, status="merged") == []
        kinds = await owner.fetch(
            "select kind from outbox_event where subject_id = $1 order by seq", theirs["id"]
        )
        assert [row["kind"] for row in kinds] == [
            f"enrolment.{status}" for status in ("submitted", "accepted", "rejected", "accepted")
        ]
        assert (await merged(cast, theirs, ours))["keep_id"] == theirs["id"]

    async def test_repeated_is_409(self, cast: Cast):
        made = await merged(cast, *await pair(cast))
        path = f"{DUPLICATES}/{made['merge_id']}/undo"
        got(await cast.call(path, cast.bhxh))
        refused(await cast.call(path, cast.bhxh), 409, "merge_moved_on")

    async def test_changed_since_is_409(self, cast: Cast, owner: Any):
        made = await merged(cast, *await pair(cast))
        await owner.execute("update enrolment set version = version + 1 where id = $1", made["drop_id"])
        answer = await cast.call(f"{DUPLICATES}/{made['merge_id']}/undo", cast.bhxh)
        refused(answer, 409, "merge_moved_on")

    async def test_entered_anew_is_409(self, cast: Cast):
        ours, theirs = await pair(cast)
        made = await merged(cast, ours, theirs)
        terms = {
            "product": "bhxh_tn",
            "method": "months_12",
            "monthly_income": 1_500_000,
            "from_month": "2026-12",
        }
        got(await cast.call(ENROLMENTS, cast.farmers, member_id=theirs["member_id"], **terms), 201)
        refused(await cast.call(f"{DUPLICATES}/{made['merge_id']}/undo", cast.bhxh), 409, "enrolment_exists")


class TestWhatAUnionLearns:
    """Each union sees just what it would see if the other were not there, until BHXH decides; then no more than that."""

    async def test_of_another_union_nothing(self, cast: Cast, owner: Any):
        number = national_id()
        ours = await cast.submitted(national_id=number)
        theirs = await cast.submitted(cast.farmers, national_id=number)
        batch = got(await cast.send(cast.row(national_id=number, from_month="2028-01"), who=cast.farmers))
        made = await merged(cast, ours, theirs)
        foreign = {
            ours["id"],
            ours["member_id"],
            str(cast.unit.id),
            "womens_union",
            made["merge_id"],
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
        told = [(await cast.get(path, cast.farmers)).text for path in paths] + [json.dumps(batch)]
        events = await owner.fetch(
            "select data::text as told from outbox_event where network = 'farmers_association'"
            " union all select event || fields::text from audit_event where network = 'farmers_association'"
            "  and subject_id = any ($1)",
            [theirs["id"], theirs["member_id"]],
        )
        told += [event["told"] for event in events]
        assert [(word, text) for text in told for word in foreign if word in text] == []
        dropped = got(await cast.get(f"{ENROLMENTS}/{theirs['id']}", cast.farmers))
        assert [reason["code"] for reason in dropped["reasons"]] == ["already_registered"]

    async def test_of_the_one_that_stays_nothing_changes(self, cast: Cast, owner: Any):
        ours, theirs = await pair(cast)
        before = got(await cast.get(f"{ENROLMENTS}/{ours['id']}"))
        count = "select count(*) from outbox_event where subject_id = $1"
        told = await owner.fetchval(count, ours["id"])
        await merged(cast, ours, theirs)
        assert got(await cast.get(f"{ENROLMENTS}/{ours['id']}")) == before
        assert await owner.fetchval(count, ours["id"]) == told

    async def test_each_step_answers_as_if_it_were_alone(self, cast: Cast):
        """The same person through all steps by the second union: as by the first."""
        number = national_id()
        first = await cast.paid(national_id=number)
        second = await cast.paid(cast.farmers, national_id=number)
        for made, who in ((first, cast.officer), (second, cast.farmers)):
            assert got(await cast.get(f"{ENROLMENTS}/{made['id']}/checks", who))["items"] == []
