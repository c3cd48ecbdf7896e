"""Whom a breach of one account concerns: whose data it touched in a time, and whose it could see."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import now, today
from app.privacy.concerned import UnknownActor, find_actor, find_concerned, find_within_reach
from tests.privacy.request_scenario import PrivacyScenario
from tests.routers.responses import expect_json


async def concerned(privacy: PrivacyScenario, login: Any, **times: Any) -> dict[str, tuple[str, ...]]:
    """The events by member of what a login did within the last hour."""
    begins, ends = now() - timedelta(hours=1), now() + timedelta(hours=1)
    found = await find_concerned(
        privacy.world.owner, login.id, times.get("begins", begins), times.get("ends", ends)
    )
    return {str(person.member_id): person.events for person in found}


class TestWhoseDataWasTouched:
    async def test_seen_whole_edited_saved_for_and_enrolled(self, privacy: PrivacyScenario):
        seen, saved, untouched = [await privacy.create_person() for _ in range(3)]
        await privacy.join(saved)
        reveal, reason = f"/v1/members/{seen['id']}/reveal", {"reason": "complaint"}
        assert (await privacy.post(reveal, reason, login=privacy.admin)).status_code == 200
        await privacy.save(saved, 10_000)
        assert await concerned(privacy, privacy.admin) == {seen["id"]: ("member.seen_whole", "read.revealed")}
        assert await concerned(privacy, privacy.treasurer) == {saved["id"]: ("ledger.recorded",)}
        entered = await concerned(privacy, privacy.officer)
        assert entered.keys() == {seen["id"], saved["id"], untouched["id"]}
        assert set(entered[untouched["id"]]) == {"household.created", "member.created"}

    async def test_whose_record_was_read_and_who_was_searched_for(self, privacy: PrivacyScenario):
        read, searched, _untouched = [await privacy.create_person() for _ in range(3)]
        headers = privacy.admin.headers
        expect_json(await privacy.client.get(f"/v1/members/{read['id']}", headers=headers))
        by_name = {"q": searched["full_name"], "commune_code": privacy.world.commune}
        expect_json(await privacy.client.get("/v1/members", params=by_name, headers=headers))
        assert await concerned(privacy, privacy.admin) == {
            read["id"]: ("read.record",),
            searched["id"]: ("read.searched",),
        }

    async def test_by_a_partner_system_and_its_batch(self, privacy: PrivacyScenario):
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        person = await privacy.create_person()
        row = {
            "external_ref": str(uuid7()), "member_id": person["id"], "product": "bhxh_tn", "method": "months_12",
            "monthly_income": 1_500_000, "from_month": "2026-12",
        }  # fmt: skip
        response = await privacy.client.post(
            "/v1/enrolments/batches",
            json={"mode": "partial", "items": [row]},
            headers=partner.headers | {"Idempotency-Key": "k"},
        )
        expect_json(response)
        assert await concerned(privacy, partner) == {
            person["id"]: ("enrolment.created", "enrolment_batch.received")
        }

    async def test_a_household_concerns_everybody_in_it(self, privacy: PrivacyScenario):
        person = await privacy.create_person()
        body = {
            "commune_code": privacy.world.commune,
            "household_id": person["household_id"],
            "full_name": "Lê Văn B",
        }
        other = expect_json(await privacy.post("/v1/members", body), 201)
        headers = privacy.admin.headers | {"If-Match": '"1"'}
        path = f"/v1/households/{person['household_id']}"
        expect_json(await privacy.client.patch(path, json={"address": "Xóm 2"}, headers=headers))
        assert (await concerned(privacy, privacy.admin)).keys() == {person["id"], other["id"]}

    async def test_only_within_the_time(self, privacy: PrivacyScenario):
        await privacy.create_person()
        assert await concerned(privacy, privacy.officer, ends=now() - timedelta(minutes=30)) == {}
        assert await concerned(privacy, privacy.officer, begins=now() + timedelta(minutes=30)) == {}


class TestWithinReach:
    async def test_is_the_organisations_places_and_network(self, privacy: PrivacyScenario):
        person, other = (
            await privacy.create_person(),
            await privacy.world.member(privacy.unit, commune=privacy.world.sibling_commune),
        )
        erased = await privacy.create_person()
        expect_json(await privacy.carry_out(erased, "deletion"))
        owner = privacy.world.owner
        assert set(await find_within_reach(owner, privacy.officer.id, today())) == {UUID(person["id"]), other}
        assert await find_within_reach(owner, privacy.sibling_officer.id, today()) == [other]
        assert await find_within_reach(owner, privacy.farmers.id, today()) == []
        assert {UUID(person["id"]), other} <= set(await find_within_reach(owner, privacy.bhxh.id, today()))


class TestFindActor:
    async def test_by_username_or_client_id(self, privacy: PrivacyScenario):
        owner = privacy.world.owner
        partner = await privacy.world.partner(privacy.unit, "stats:read")
        assert await find_actor(owner, privacy.officer.username, None) == privacy.officer.id
        assert await find_actor(owner, None, partner.username) == partner.id
        with pytest.raises(UnknownActor):
            await find_actor(owner, "nobody-of-this-name", None)
