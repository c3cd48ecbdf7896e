"""Emergency accesses over HTTP, one class for each endpoint, and what can be done under one."""

import asyncio
import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.main import publish_overdue
from app.privacy.emergency.overdue import announce_overdue_reviews, count_overdue_reviews
from tests.access.routes import list_routes
from tests.privacy.emergency_scenario import PATH, EmergencyScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World


@pytest.fixture
async def emergency(world: World, client: Any) -> EmergencyScenario:
    return await EmergencyScenario.create(world, client)


class TestRequest:
    async def test_anonymous_and_wrong_roles(self, emergency: EmergencyScenario):
        expect_problem(await emergency.client.post(PATH, json=emergency.body()), 401, "unauthenticated")
        clerk = await emergency.world.user(emergency.unit, "union_officer")
        for login in (clerk, emergency.officer, emergency.province.bhxh):
            response = await emergency.client.post(PATH, json=emergency.body(), headers=login.headers)
            expect_problem(response, 403, "forbidden")

    async def test_waits_for_a_second_person(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        assert (asked["state"], asked["requested_by"], asked["minutes"], asked["overdue"]) == (
            "requested", str(emergency.admin.id), 60, False,
        )  # fmt: skip
        assert (asked["starts_at"], asked["decided_by"], asked["reviewed_by"]) == (None, None, None)

    async def test_the_same_again_is_the_first(self, emergency: EmergencyScenario):
        body = emergency.body(id=str(uuid7()))
        headers = emergency.admin.headers
        first = expect_json(await emergency.client.post(PATH, json=body, headers=headers), 201)
        assert expect_json(await emergency.client.post(PATH, json=body, headers=headers)) == first
        longer = body | {"minutes": 90}
        expect_problem(await emergency.client.post(PATH, json=longer, headers=headers), 409, "id_taken")

    @pytest.mark.parametrize(
        ("fields", "pointer", "code"),
        [
            ({"minutes": 241}, "/minutes", "less_than_equal"),
            ({"minutes": 14}, "/minutes", "greater_than_equal"),
            ({"reason": "gấp"}, "/reason", "too_short"),
            ({"reason_kind": "curiosity"}, "/reason_kind", "enum"),
            ({"place_code": "999999999"}, "/place_code", "place_unknown"),
            ({"place_code": "VN"}, "/place_code", "place_unknown"),
            ({"network": "*"}, "/network", "extra_forbidden"),
            ({"status": "approved"}, "/status", "extra_forbidden"),
        ],
    )
    async def test_wrong_fields_are_named(self, emergency: EmergencyScenario, fields, pointer, code):
        response = await emergency.client.post(
            PATH, json=emergency.body(**fields), headers=emergency.admin.headers
        )
        expect_problem(response, 422, "invalid_input")
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]

    async def test_a_place_that_is_theirs_needs_none(self, emergency: EmergencyScenario):
        body = emergency.body(place_code=emergency.world.sibling_commune)
        response = await emergency.client.post(PATH, json=body, headers=emergency.admin.headers)
        assert response.json()["errors"][0]["code"] == "place_covered"


class TestApprove:
    async def test_by_a_second_person_begins_it(self, emergency: EmergencyScenario, owner):
        approved = await emergency.approve()
        assert (approved["state"], approved["decided_by"]) == ("active", str(emergency.second.id))
        lasts = "select ends_at - starts_at = interval '1 hour' from emergency_access where id = $1"
        assert await owner.fetchval(lasts, UUID(approved["id"]))

    async def test_by_who_asked_is_403(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        expect_problem(await emergency.act(asked, "approve", emergency.admin), 403, "another_person_needed")

    async def test_by_the_administrator_of_the_place_that_is_asked_for(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        assert (await emergency.act(asked, "approve", emergency.province.admin)).status_code == 200

    async def test_another_account_of_the_same_role_is_another_person(self, emergency: EmergencyScenario):
        """To the program a person is an account: that nobody has two is for who names administrators."""
        again = await emergency.world.user(emergency.unit, "union_admin")
        assert (await emergency.act(await emergency.request(), "approve", again)).status_code == 200

    async def test_by_other_networks_and_roles(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        farmers = await emergency.world.user(await emergency.world.unit("farmers_association"), "union_admin")
        expect_problem(await emergency.act(asked, "approve", farmers), 404, "not_found")
        expect_problem(await emergency.act(asked, "approve", emergency.officer), 403, "forbidden")

    async def test_twice_at_once_is_once(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        answers = await asyncio.gather(
            emergency.act(asked, "approve", emergency.second),
            emergency.act(asked, "approve", emergency.province.admin),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]

    async def test_too_late(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        await emergency.move_back(asked, 24 * 60)
        response = await emergency.act(asked, "approve", emergency.second)
        expect_problem(response, 409, "wrong_emergency_state")
        assert "“quá hạn duyệt”" in response.json()["detail"]


class TestRefuseCancelAndEnd:
    async def test_refused_is_final(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        expect_problem(await emergency.act(asked, "refuse", emergency.admin), 403, "another_person_needed")
        refused = expect_json(
            await emergency.act(asked, "refuse", emergency.second, {"note": "Hỏi xã bên là đủ."})
        )
        assert (refused["state"], refused["decision_note"]) == ("refused", "Hỏi xã bên là đủ.")
        expect_problem(
            await emergency.act(refused, "approve", emergency.second), 409, "wrong_emergency_state"
        )

    async def test_cancelled_by_who_asked_alone(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        expect_problem(await emergency.act(asked, "cancel", emergency.second), 403, "not_who_asked")
        cancelled = expect_json(await emergency.act(asked, "cancel", emergency.admin))
        assert cancelled["state"] == "cancelled"

    async def test_what_nobody_decided_has_a_way_out(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        await emergency.move_back(asked, 24 * 60)
        assert (await emergency.act(asked, "cancel", emergency.admin)).status_code == 200

    @pytest.mark.parametrize("who", ["admin", "second", "officer"])
    async def test_ended_early_by_anybody_who_sees_it(self, emergency: EmergencyScenario, who: str):
        approved = await emergency.approve()
        headers = await emergency.enter(approved)
        member = f"/v1/members/{emergency.person['id']}"
        expect_json(await emergency.client.get(member, headers=headers))
        ended = expect_json(await emergency.act(approved, "end", getattr(emergency, who)))
        assert (ended["state"], ended["ended_by"]) == ("over", str(getattr(emergency, who).id))
        expect_problem(await emergency.client.get(member, headers=headers), 401, "unauthenticated")
        expect_problem(await emergency.act(ended, "end", emergency.second), 409, "wrong_emergency_state")


class TestList:
    async def test_anonymous_and_wrong_roles(self, emergency: EmergencyScenario):
        expect_problem(await emergency.client.get(PATH), 401, "unauthenticated")
        clerk = await emergency.world.user(emergency.unit, "union_officer")
        expect_problem(await emergency.client.get(PATH, headers=clerk.headers), 403, "forbidden")

    async def test_who_sees_it(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        world = emergency.world
        farmers = await world.user(await world.unit("farmers_association"), "union_data_officer")
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_data_officer")
        province = await world.user(emergency.province.unit, "union_data_officer")
        for login, sees in ((emergency.officer, 1), (province, 1), (bhxh, 1), (farmers, 0)):
            page = expect_json(await emergency.client.get(PATH, headers=login.headers))
            assert [item["id"] for item in page["items"]].count(asked["id"]) == sees
            response = await emergency.client.get(f"{PATH}/{asked['id']}", headers=login.headers)
            assert response.status_code == (200 if sees else 404)

    async def test_by_state_as_time_goes_by(self, emergency: EmergencyScenario):
        access = await emergency.request()
        steps = ["requested"]

        async def states() -> list[str]:
            found = []
            for state in ("requested", "lapsed", "refused", "cancelled", "active", "over", "reviewed"):
                page = expect_json(
                    await emergency.client.get(
                        PATH, params={"state": state}, headers=emergency.officer.headers
                    )
                )
                found += [state for item in page["items"] if item["id"] == access["id"] == item["id"]]
                assert all(item["state"] == state for item in page["items"])
            return found

        assert await states() == steps
        access = expect_json(await emergency.act(access, "approve", emergency.second))
        assert await states() == ["active"]
        await emergency.move_back(access, 60)
        assert await states() == ["over"]
        access = expect_json(await emergency.review(access, emergency.officer))
        assert await states() == ["reviewed"]

    async def test_what_is_not_reviewed_in_time_is_shown(self, emergency: EmergencyScenario):
        approved = await emergency.approve()
        await emergency.move_back(approved, 60 + 7 * 24 * 60 + 1)

        async def overdue(value: str) -> list[str]:
            page = expect_json(
                await emergency.client.get(PATH, params={"overdue": value}, headers=emergency.officer.headers)
            )
            assert all(item["overdue"] == (value == "true") for item in page["items"])
            return [item["id"] for item in page["items"]]

        assert (await overdue("true"), await overdue("false")) == ([approved["id"]], [])
        expect_json(await emergency.review(approved, emergency.officer))
        assert (await overdue("true"), await overdue("false")) == ([], [approved["id"]])


class TestReview:
    async def test_by_the_data_protection_officer(self, emergency: EmergencyScenario):
        approved = await emergency.approve()
        expect_problem(await emergency.review(approved, emergency.officer), 409, "wrong_emergency_state")
        await emergency.move_back(approved, 60)
        for login in (emergency.admin, emergency.second, emergency.province.bhxh_admin):
            expect_problem(await emergency.review(approved, login), 403, "forbidden")
        reviewed = expect_json(await emergency.review(approved, emergency.officer, outcome="excessive"))
        assert (reviewed["state"], reviewed["review_outcome"], reviewed["reviewed_by"]) == (
            "reviewed", "excessive", str(emergency.officer.id),
        )  # fmt: skip
        expect_problem(await emergency.review(reviewed, emergency.officer), 409, "wrong_emergency_state")

    async def test_by_who_took_part_in_it_before_they_became_the_officer(
        self, emergency: EmergencyScenario, owner
    ):
        approved = await emergency.approve()
        await emergency.move_back(approved, 60)
        for login in (emergency.admin, emergency.second):
            await owner.execute("update app_user set roles = '{union_data_officer}' where id = $1", login.id)
            expect_problem(await emergency.review(approved, login), 403, "another_person_needed")


class TestSession:
    async def test_of_who_asked_alone_and_approved_alone(self, emergency: EmergencyScenario):
        asked = await emergency.request()
        path = f"{PATH}/{asked['id']}/session"
        expect_problem(await emergency.client.post(path), 401, "unauthenticated")
        response = await emergency.client.post(path, headers=emergency.admin.headers)
        expect_problem(response, 409, "wrong_emergency_state")
        expect_json(await emergency.act(asked, "approve", emergency.second))
        response = await emergency.client.post(path, headers=emergency.second.headers)
        expect_problem(response, 403, "not_who_asked")
        assert (await emergency.client.post(path, headers=emergency.admin.headers)).status_code == 201

    async def test_reads_what_the_ordinary_one_does_not(self, emergency: EmergencyScenario):
        headers = await emergency.enter(await emergency.approve())
        path = f"/v1/members/{emergency.person['id']}"
        shown = expect_json(await emergency.client.get(path, headers=headers))
        assert "***" in shown["national_id"]
        listed = expect_json(await emergency.client.get("/v1/members", headers=headers))
        assert emergency.person["id"] in [item["id"] for item in listed["items"]]
        expect_problem(await emergency.client.get(path, headers=emergency.admin.headers), 404, "not_found")

    async def test_goes_no_further_than_the_place_and_the_network(
        self, emergency: EmergencyScenario, world: World
    ):
        headers = await emergency.enter(await emergency.approve())
        farmers = await world.unit("farmers_association")
        third = await world.place("commune", world.province)
        for unit, commune in ((farmers, world.commune), (emergency.province.unit, third)):
            path = f"/v1/members/{await world.member(unit, commune=commune)}"
            expect_problem(await emergency.client.get(path, headers=headers), 404, "not_found")

    async def test_of_bhxh_across_networks(self, emergency: EmergencyScenario, world: World):
        bhxh = await world.unit("bhxh", world.sibling_commune, level="commune")
        one, other = await world.user(bhxh, "bhxh_admin"), await world.user(bhxh, "bhxh_admin")
        asked = await emergency.request(one)
        expect_json(await emergency.act(asked, "approve", other))
        headers = await emergency.enter(asked, one)
        expect_json(await emergency.client.get(f"/v1/members/{emergency.person['id']}", headers=headers))

    async def test_does_nothing_but_read_and_search_members(self, emergency: EmergencyScenario, app: FastAPI):
        headers = await emergency.enter(await emergency.approve())
        open_routes = set()
        for route in list_routes(app):
            if route.permission is not None:
                response = await emergency.client.request(route.method, route.path, headers=headers)
                open_routes |= set() if response.status_code == 403 else {route.name}
        assert open_routes == {
            "GET /v1/members", "GET /v1/members/{member_id}", "GET /v1/members/{member_id}/export",
            "POST /v1/members/search", "POST /v1/members/{member_id}/reveal",
        }  # fmt: skip

    async def test_shows_whole_numbers_for_a_reason(self, emergency: EmergencyScenario, owner):
        approved = await emergency.approve()
        headers = await emergency.enter(approved)
        path = f"/v1/members/{emergency.person['id']}/reveal"
        expect_problem(await emergency.client.post(path, json={}, headers=headers), 422, "invalid_input")
        shown = expect_json(
            await emergency.client.post(path, json={"reason": "identity_check"}, headers=headers)
        )
        assert "*" not in shown["national_id"]
        fields = await owner.fetchval(
            "select fields::text from audit_event where event = 'member.seen_whole' and actor_id = $1", emergency.admin.id
        )  # fmt: skip
        assert approved["id"] in fields
        assert "identity_check" in fields

    async def test_everybody_shown_is_noted_with_the_access(self, emergency: EmergencyScenario, owner):
        approved = await emergency.approve()
        headers = await emergency.enter(approved)
        id_, client = emergency.person["id"], emergency.client
        number = await owner.fetchval("select national_id from member where id = $1", UUID(id_))
        query = {"q": emergency.person["full_name"], "commune_code": emergency.world.commune}
        expect_json(await client.get(f"/v1/members/{id_}", headers=headers))
        expect_json(await client.get("/v1/members", params={"limit": 1}, headers=headers))
        expect_json(await client.get("/v1/members", params=query, headers=headers))
        expect_json(await client.post("/v1/members/search", json={"national_id": number}, headers=headers))
        expect_json(await client.post("/v1/members/search", json={"phone": "0987654321"}, headers=headers))
        reason = {"reason": "identity_check"}
        expect_json(await client.get(f"/v1/members/{id_}/export", params=reason, headers=headers))
        province = await emergency.world.user(emergency.province.unit, "union_data_officer")
        page = expect_json(
            await client.get(
                "/v1/read-audit", params={"emergency_access_id": approved["id"]}, headers=province.headers
            )
        )
        lines = [
            (line["act"], line["member_id"] == id_, line["searched_by"]) for line in reversed(page["items"])
        ]
        assert [line for line in lines if line[0] != "listed"] == [
            ("record", True, None), ("searched", True, "name"), ("searched", True, "national_id"),
            ("exported", True, None),
        ]  # fmt: skip
        assert [line[0] for line in lines].count("listed") == 1
        own = expect_json(
            await client.get(
                "/v1/read-audit",
                params={"emergency_access_id": approved["id"], "act": "searched"},
                headers=emergency.officer.headers,
            )
        )
        assert [line["shown"] for line in own["items"] if line["member_id"] is None] == [0]

    async def test_nothing_is_shown_that_cannot_be_noted(
        self, emergency: EmergencyScenario, owner, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ):
        headers = await emergency.enter(await emergency.approve())
        monkeypatch.setattr(app.state.database, "process_key", b"another")
        path = f"/v1/members/{emergency.person['id']}"
        response = await emergency.client.get(path, headers=headers)
        expect_problem(response, 500, "internal_error")
        assert emergency.person["full_name"] not in response.text

    async def test_ends_with_the_access_in_the_middle_of_it(self, emergency: EmergencyScenario, owner):
        approved = await emergency.approve()
        headers = await emergency.enter(approved)
        path = f"/v1/members/{emergency.person['id']}"
        expect_json(await emergency.client.get(path, headers=headers))
        await owner.execute(
            "update emergency_access set starts_at = starts_at - interval '1 hour', ends_at = now() where id = $1",
            UUID(approved["id"]),
        )
        expect_problem(await emergency.client.get(path, headers=headers), 401, "unauthenticated")
        response = await emergency.client.post(
            f"{PATH}/{approved['id']}/session", headers=emergency.admin.headers
        )
        expect_problem(response, 409, "wrong_emergency_state")

    async def test_of_who_is_no_administrator_any_more_reads_nothing(
        self, emergency: EmergencyScenario, owner
    ):
        headers = await emergency.enter(await emergency.approve())
        await owner.execute("update app_user set roles = '{viewer}' where id = $1", emergency.admin.id)
        path = f"/v1/members/{emergency.person['id']}"
        expect_problem(await emergency.client.get(path, headers=headers), 403, "forbidden")

    async def test_starts_no_further_session(self, emergency: EmergencyScenario):
        approved = await emergency.approve()
        headers = await emergency.enter(approved)
        response = await emergency.client.post(f"{PATH}/{approved['id']}/session", headers=headers)
        expect_problem(response, 403, "emergency_reads_only")


class TestAnnounced:
    async def test_in_the_audit_and_the_outbox_without_a_word_of_the_reason(
        self, emergency: EmergencyScenario, owner
    ):
        approved = await emergency.approve()
        await emergency.enter(approved)
        await emergency.move_back(approved, 60)
        expect_json(await emergency.review(approved, emergency.officer))
        id_ = UUID(approved["id"])
        events = await owner.fetch(
            "select event, fields::text as fields from audit_event where subject_id = $1 order by id", id_
        )
        assert [row["event"].partition(".")[2] for row in events] == [
            "requested", "approved", "entered", "reviewed",
        ]  # fmt: skip
        announced = await owner.fetch(
            "select kind, data::text as data from outbox_event where subject_id = $1 order by seq", id_
        )
        assert [row["kind"].partition(".")[2] for row in announced] == ["requested", "approved", "reviewed"]
        assert not any("Bệnh viện" in row["fields"] for row in events)
        assert not any("Bệnh viện" in row["data"] for row in announced)

    async def test_an_overdue_review_once_to_the_organisations_and_in_the_metrics(
        self, emergency: EmergencyScenario, owner, app: FastAPI
    ):
        database, number = app.state.database, await count_overdue_reviews(app.state.database)
        approved = await emergency.approve()
        await emergency.move_back(approved, 60 + 7 * 24 * 60 - 1)
        await announce_overdue_reviews(database)
        assert await count_overdue_reviews(database) == number
        await emergency.move_back(approved, 2)
        hook = {"url": "https://127.0.0.1/reviews", "kinds": ["emergency_access.overdue"]}
        webhook = expect_json(
            await emergency.client.post("/v1/webhooks", json=hook, headers=emergency.admin.headers), 201
        )
        await asyncio.gather(*(announce_overdue_reviews(database) for _ in range(3)))
        overdue = "kind = 'emergency_access.overdue' and subject_id = $1"
        (event,) = await owner.fetch(
            f"select seq, data::text as data from outbox_event where {overdue}", UUID(approved["id"])
        )
        data = json.loads(event["data"])
        assert (data["requested_by"], data["place_code"]) == (
            approved["requested_by"],
            approved["place_code"],
        )
        assert "Bệnh viện" not in event["data"]
        heard = await owner.fetch("select webhook_id from webhook_audience($1)", [event["seq"]])
        assert UUID(webhook["id"]) in {row["webhook_id"] for row in heard}
        assert await count_overdue_reviews(database) == number + 1
        await publish_overdue(database)
        metrics = (await emergency.client.get("/metrics")).text
        assert f'ansinh_overdue{{kind="emergency_access_review"}} {number + 1}.0' in metrics
        expect_json(await emergency.review(approved, emergency.officer))
        assert await count_overdue_reviews(database) == number


class TestSecondWall:
    """Whoever runs SQL as the application's role, with an administrator's session."""

    @pytest.fixture
    async def intruder(self, database_urls: Any) -> Any:
        connection = await asyncpg.connect(database_urls.app)
        yield connection
        await connection.close()

    async def run(self, intruder: Any, login: Login, statement: str, *args: Any) -> str:
        async with intruder.transaction():
            await intruder.execute("select begin_actor($1)", login.session_id)
            status: str = await intruder.execute(statement, *args)
        return status

    @pytest.mark.parametrize(
        "change",
        [
            "status = 'approved', decided_by = requested_by, decided_at = now()",
            "status = 'approved', decided_by = '{second}', decided_at = now(), starts_at = now(), ends_at = now()",
            "minutes = 240",
            "place_code = 'VN'",
            "decide_by = now() + interval '1 year'",
            "communes = communes || '{{00001}}'",
        ],
    )
    async def test_nobody_is_two_people(self, emergency: EmergencyScenario, intruder, change: str):
        asked = await emergency.request()
        statement = f"update emergency_access set {change.format(second=emergency.second.id)} where id = $1"
        with pytest.raises(asyncpg.PostgresError) as refused:
            await self.run(intruder, emergency.admin, statement, UUID(asked["id"]))
        assert refused.value.sqlstate in ("AS409", "23514")

    async def test_nobody_makes_it_longer_or_reviews_it_alone(self, emergency: EmergencyScenario, intruder):
        approved = await emergency.approve()
        for change in (
            "ends_at = ends_at + interval '1 hour'",
            "reviewed_at = now(), review_outcome = 'justified', reviewed_by = new_id()",
            "status = 'requested', decided_by = null, decided_at = null, starts_at = null, ends_at = null",
        ):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await self.run(
                    intruder,
                    emergency.admin,
                    f"update emergency_access set {change} where id = $1",
                    UUID(approved["id"]),
                )
            assert refused.value.sqlstate == "AS409"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await self.run(intruder, emergency.admin, "delete from emergency_access")

    async def test_an_approved_one_is_not_inserted(self, emergency: EmergencyScenario, intruder):
        asked = await emergency.request()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await self.run(
                intruder,
                emergency.admin,
                "insert into emergency_access (id, network, organisation_id, place_code, province_code, provinces, communes,"
                " requested_by, reason_kind, reason, minutes, status, decided_by, decided_at, starts_at, ends_at)"
                " select new_id(), network, organisation_id, place_code, province_code, provinces, communes, requested_by,"
                " reason_kind, reason, minutes, 'approved', $2, now(), now(), now() + interval '1 hour'"
                " from emergency_access where id = $1",
                UUID(asked["id"]),
                emergency.second.id,
            )

    async def test_an_emergency_session_writes_nothing_and_stays_so(
        self, emergency: EmergencyScenario, intruder, owner
    ):
        approved = await emergency.approve()
        await emergency.enter(approved)
        session = await owner.fetchval(
            "select id from auth_session where emergency_access_id = $1", UUID(approved["id"])
        )
        member = UUID(emergency.person["id"])
        for statement in (
            f"update member set full_name = full_name where id = '{member}'",
            "set transaction read write",
            "select set_config('transaction_read_only', 'off', true)",
        ):
            transaction = intruder.transaction()
            await transaction.start()
            await intruder.execute("select begin_actor($1)", session)
            assert await intruder.fetchval("select count(*) from member where id = $1", member) == 1
            with pytest.raises(asyncpg.PostgresError) as refused:
                await intruder.execute(statement)
            await transaction.rollback()
            assert refused.value.sqlstate in ("25006", "25001"), statement

    async def test_a_savepoint_takes_back_both_or_none(self, emergency: EmergencyScenario, intruder, owner):
        approved = await emergency.approve()
        await emergency.enter(approved)
        session = await owner.fetchval(
            "select id from auth_session where emergency_access_id = $1", UUID(approved["id"])
        )
        async with intruder.transaction():
            savepoint = intruder.transaction()
            await savepoint.start()
            await intruder.execute("select begin_actor($1)", session)
            await savepoint.rollback()
            assert await intruder.fetchval("select count(*) from member") == 0
            assert await intruder.fetchval("show transaction_read_only") == "off"

    async def test_no_key_starts_a_session_or_notes_a_read(self, emergency: EmergencyScenario, intruder):
        approved = await emergency.approve()
        for statement in (
            "select start_emergency_session('x', gen_random_uuid(), $1, $2)",
            "select note_emergency_reads('x', $1, 'record', array[$2::uuid], null, null, null, null)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await intruder.execute(statement, emergency.admin.session_id, UUID(approved["id"]))
