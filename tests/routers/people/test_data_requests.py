"""Requests about personal data over HTTP, one class for each endpoint."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.privacy.request_scenario import REQUESTS, PrivacyScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def privacy(world: World, client: Any) -> PrivacyScenario:
    return await PrivacyScenario.create(world, client)


@pytest.fixture
async def person(privacy: PrivacyScenario) -> dict[str, Any]:
    return await privacy.create_person()


class TestReceive:
    async def test_anonymous_is_401(self, privacy: PrivacyScenario, person):
        expect_problem(
            await privacy.client.post(REQUESTS, json=privacy.request_body(person, "copy")),
            401,
            "unauthenticated",
        )

    async def test_says_until_when(self, privacy: PrivacyScenario, person):
        body = await privacy.receive(person, "deletion", details="Tôi không tham gia nữa.")
        assert (body["status"], body["kind"], body["member_id"]) == ("received", "deletion", person["id"])
        assert date.fromisoformat(body["due_on"]) == today() + timedelta(days=20)
        assert (
            today() + timedelta(days=2)
            <= date.fromisoformat(body["respond_by"])
            <= today() + timedelta(days=4)
        )

    async def test_days_run_from_the_day_of_receipt(self, privacy: PrivacyScenario, person):
        body = await privacy.receive(person, "objection", received_at="2026-11-02T20:00:00Z")
        assert (body["respond_by"], body["due_on"]) == (
            "2026-11-05",
            "2026-11-18",
        )  # the 3rd in Viet Nam, a Tuesday

    @pytest.mark.parametrize(
        ("fields", "pointer", "code"),
        [
            ({"requester": "guardian"}, "/requester_name", "requester_name"),
            ({"requester_name": "Ai Đó"}, "/requester_name", "requester_name"),
            ({"purposes": ["reminders"]}, "/purposes", "purposes_of_objection"),
            ({"received_at": "2199-01-01T00:00:00Z"}, "/received_at", "received_in_future"),
            ({"kind": "forget"}, "/kind", "enum"),
            ({"national_id": "042184000123"}, "/national_id", "extra_forbidden"),
        ],
    )
    async def test_wrong_fields_are_named(self, privacy: PrivacyScenario, person, fields, pointer, code):
        body = privacy.request_body(person, "copy") | fields
        response = await privacy.post(REQUESTS, body)
        expect_problem(response, 422, "invalid_input")
        error = response.json()["errors"][0]
        assert (error["pointer"], error["code"]) == (pointer, code)

    async def test_the_same_again_is_the_first(self, privacy: PrivacyScenario, person):
        body = privacy.request_body(person, "copy", id=str(uuid7()))
        first = expect_json(await privacy.post(REQUESTS, body), 201)
        assert expect_json(await privacy.post(REQUESTS, body)) == first
        other = body | {"identity_check": "document"}
        expect_problem(await privacy.post(REQUESTS, other), 409, "id_taken")

    async def test_a_second_open_one_of_the_kind_is_409(self, privacy: PrivacyScenario, person):
        await privacy.receive(person, "copy")
        body = privacy.request_body(person, "copy")
        expect_problem(await privacy.post(REQUESTS, body), 409, "request_open")
        await privacy.receive(person, "access")

    async def test_of_another_union_or_place_is_404(self, privacy: PrivacyScenario, person):
        for login in (privacy.farmers, privacy.sibling_officer):
            body = privacy.request_body(person, "copy")
            response = await privacy.post(REQUESTS, body, login)
            expect_problem(response, 404, "not_found")
            assert response.json()["errors"][0]["pointer"] == "/member_id"

    async def test_wrong_roles_are_403(self, privacy: PrivacyScenario, person):
        for login in (privacy.treasurer, privacy.bhxh, privacy.bhxh_admin):
            body = privacy.request_body(person, "copy")
            expect_problem(await privacy.post(REQUESTS, body, login), 403, "forbidden")

    async def test_is_in_the_audit_without_a_word_of_the_person(
        self, privacy: PrivacyScenario, person, owner
    ):
        body = await privacy.receive(person, "correction", details="Tên tôi viết sai.")
        event = await owner.fetchrow(
            "select event, fields::text from audit_event where subject_id = $1", UUID(body["id"])
        )
        assert event["event"] == "data_request.received"
        assert "viết sai" not in event["fields"]
        assert person["id"] in event["fields"]


class TestList:
    async def test_shows_ones_own_the_newest_first(self, privacy: PrivacyScenario, person):
        ids = [(await privacy.receive(person, kind))["id"] for kind in ("access", "copy")]
        items = expect_json(await privacy.get(REQUESTS))["items"]
        assert [item["id"] for item in items] == ids[::-1]
        assert expect_json(await privacy.get(REQUESTS, privacy.farmers))["items"] == []
        assert expect_json(await privacy.get(REQUESTS, privacy.sibling_officer))["items"] == []

    async def test_bhxh_sees_that_they_are_handled(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "access")
        items = expect_json(await privacy.get(REQUESTS, privacy.bhxh_admin, member_id=person["id"]))["items"]
        assert [item["id"] for item in items] == [received["id"]]
        expect_problem(await privacy.get(REQUESTS, privacy.bhxh), 403, "forbidden")

    async def test_filters(self, privacy: PrivacyScenario, person):
        late = await privacy.receive(person, "access", received_at="2026-01-05T08:00:00Z")
        await privacy.accept(person, "copy")
        filters: list[tuple[dict[str, Any], set[str]]] = [
            ({"status": "accepted"}, {"copy"}),
            ({"kind": "access"}, {"access"}),
            ({"overdue": "true"}, {"access"}),
            ({"overdue": "false"}, {"copy"}),
            ({"member_id": str(uuid7())}, set()),
        ]
        for query, kinds in filters:
            items = expect_json(await privacy.get(REQUESTS, **query))["items"]
            assert {item["kind"] for item in items} == kinds, query
        refusal = {"code": "not_identified", "answer": "Không xác minh được."}
        assert (await privacy.act(late, "refuse", refusal)).status_code == 200
        assert expect_json(await privacy.get(REQUESTS, overdue="true"))["items"] == []
        expect_problem(await privacy.get(REQUESTS, name="x"), 422, "invalid_input")


class TestRead:
    async def test_one(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "access")
        assert expect_json(await privacy.get(f"{REQUESTS}/{received['id']}")) == received
        expect_problem(await privacy.get(f"{REQUESTS}/{received['id']}", privacy.farmers), 404, "not_found")


class TestAccept:
    async def test_once(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "access")
        accepted = expect_json(await privacy.act(received, "accept"))
        assert (accepted["status"], accepted["version"]) == ("accepted", 2)
        assert accepted["decided_by"] == str(privacy.officer.id)
        expect_problem(await privacy.act(accepted, "accept"), 409, "wrong_request_status")
        expect_problem(await privacy.act(received, "accept"), 412, "stale_version")

    async def test_needs_the_version(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "access")
        response = await privacy.post(f"{REQUESTS}/{received['id']}/accept")
        expect_problem(response, 428, "precondition_required")


class TestExtend:
    async def test_once_with_a_reason(self, privacy: PrivacyScenario, person):
        accepted = await privacy.accept(person, "deletion")
        extended = expect_json(await privacy.act(accepted, "extend", {"reason": "Hồ sơ ở hai xã."}))
        assert date.fromisoformat(extended["due_on"]) == today() + timedelta(days=40)
        assert extended["extension_reason"] == "Hồ sơ ở hai xã."
        expect_problem(await privacy.act(extended, "extend", {"reason": "x"}), 409, "already_extended")

    async def test_not_before_it_is_accepted(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "deletion")
        expect_problem(await privacy.act(received, "extend", {"reason": "x"}), 409, "wrong_request_status")


class TestRefuse:
    @pytest.mark.parametrize("accepted", [False, True])
    async def test_with_a_reason(self, privacy: PrivacyScenario, person, accepted: bool):
        request = await (privacy.accept if accepted else privacy.receive)(person, "deletion")
        refusal = {"code": "retention_holds", "answer": "Hồ sơ còn phải lưu đến 2036."}
        refused = expect_json(await privacy.act(request, "refuse", refusal))
        assert (refused["status"], refused["refusal_code"]) == ("refused", "retention_holds")
        expect_problem(await privacy.act(refused, "refuse", refusal), 409, "wrong_request_status")

    async def test_never_without_one(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "deletion")
        expect_problem(await privacy.act(received, "refuse", {"code": "other"}), 422, "invalid_input")


class TestWithdraw:
    async def test_an_open_one(self, privacy: PrivacyScenario, person):
        withdrawn = expect_json(await privacy.act(await privacy.receive(person, "copy"), "withdraw"))
        assert withdrawn["status"] == "withdrawn"
        expect_problem(await privacy.act(withdrawn, "withdraw"), 409, "wrong_request_status")
        await privacy.receive(person, "copy")  # and may ask anew


class TestReopen:
    async def test_a_refused_one_begins_anew(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "copy", received_at="2026-01-05T08:00:00Z")
        refusal = {"code": "not_identified", "answer": "Không xác minh được."}
        refused = expect_json(await privacy.act(received, "refuse", refusal))
        reopened = expect_json(await privacy.act(refused, "reopen"))
        assert (reopened["status"], reopened["refusal_code"], reopened["answer"]) == ("received", None, None)
        assert date.fromisoformat(reopened["due_on"]) == today() + timedelta(days=10)
        assert (await privacy.act(reopened, "accept")).status_code == 200

    async def test_not_while_another_is_open(self, privacy: PrivacyScenario, person):
        refusal = {"code": "other", "answer": "Không."}
        refused = expect_json(await privacy.act(await privacy.receive(person, "copy"), "refuse", refusal))
        await privacy.receive(person, "copy")
        expect_problem(await privacy.act(refused, "reopen"), 409, "request_open")


class TestCarryOut:
    async def test_only_when_accepted(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "copy")
        expect_problem(await privacy.act(received, "carry-out", {}), 409, "wrong_request_status")

    async def test_a_copy_says_how_much_was_handed_over(self, privacy: PrivacyScenario, person):
        done = expect_json(await privacy.carry_out(person, "copy"))
        assert done["status"] == "done"
        assert done["outcome"]["rows"]["member"] == done["outcome"]["rows"]["household"] == 1
        expect_problem(await privacy.act(done, "carry-out", {}), 409, "wrong_request_status")

    async def test_a_correction_needs_that_something_was_corrected(self, privacy: PrivacyScenario, person):
        accepted = await privacy.accept(person, "correction", details="Sai nghề nghiệp.")
        expect_problem(await privacy.act(accepted, "carry-out", {}), 409, "nothing_corrected")
        headers = privacy.officer.headers | {"If-Match": f'"{person["version"]}"'}
        edited = await privacy.client.patch(
            f"/v1/members/{person['id']}", json={"occupation": "nghề may"}, headers=headers
        )
        assert edited.status_code == 200
        done = expect_json(await privacy.act(accepted, "carry-out", {"answer": "Đã sửa."}))
        assert (done["status"], done["answer"]) == ("done", "Đã sửa.")

    @pytest.mark.parametrize(
        ("purposes", "withdrawn"),
        [(["reminders"], ["reminders"]), ([], ["reminders", "sharing_bhxh"]), (["publication"], [])],
    )
    async def test_an_objection_withdraws_consents(
        self, privacy: PrivacyScenario, person, purposes, withdrawn
    ):
        for purpose in ("reminders", "sharing_bhxh"):
            consent = {"purpose": purpose, "text_version": "2026-01", "method": "paper", "given_by": "self"}
            assert (await privacy.post(f"/v1/members/{person['id']}/consents", consent)).status_code == 201
        done = expect_json(await privacy.carry_out(person, "objection", purposes=purposes))
        assert done["outcome"] == {"withdrawn": withdrawn}
        consents = expect_json(await privacy.get(f"/v1/members/{person['id']}/consents"))["items"]
        assert sorted(row["purpose"] for row in consents if row["withdrawn_at"]) == withdrawn

    async def test_a_deletion_empties_the_register(self, privacy: PrivacyScenario, person, owner):
        done = expect_json(await privacy.carry_out(person, "deletion", details="Chị xin xóa."))
        assert (done["outcome"], done["details"], done["answer"]) == ({"erased": True}, None, None)
        shown = expect_json(await privacy.get(f"/v1/members/{person['id']}"))
        assert (shown["full_name"], shown["birth_date"], shown["phone"]) == ("Người đã ẩn danh", None, None)
        again = await privacy.carry_out(person, "deletion")
        expect_problem(again, 409, "erasure_refused")
        assert again.json()["errors"][0]["code"] == "already_erased"
        events = await owner.fetch("select event from audit_event where subject_id = $1", UUID(person["id"]))
        assert "member.erased" in {row["event"] for row in events}

    async def test_a_deletion_is_refused_with_each_reason(self, privacy: PrivacyScenario, person):
        await privacy.join(person)
        await privacy.save(person, 10_000)
        response = await privacy.carry_out(person, "deletion")
        expect_problem(response, 409, "erasure_refused")
        assert [error["code"] for error in response.json()["errors"]] == [
            "membership_open",
            "balance_not_zero",
        ]
        assert (
            expect_json(await privacy.get(f"/v1/members/{person['id']}"))["full_name"] == person["full_name"]
        )


class TestCopy:
    async def test_of_an_accepted_request(self, privacy: PrivacyScenario, person):
        accepted = await privacy.accept(person, "copy")
        response = await privacy.get(f"{REQUESTS}/{accepted['id']}/copy")
        body = expect_json(response)
        assert body["tables"]["member"]["rows"][0]["full_name"] == person["full_name"]
        assert body["tables"]["member"]["rows"][0]["national_id"] == person["national_id"]
        assert body["tables"]["household"]["rows"][0]["address"] == person["words"][-1]
        assert person["id"] in response.headers["content-disposition"]
        assert "camera=()" in response.headers["permissions-policy"]
        history = expect_json(await privacy.get(f"/v1/members/{person['id']}/history"))["items"]
        assert history[0]["event"] == "member.seen_whole"

    async def test_not_before_and_not_of_another_kind(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "copy")
        expect_problem(await privacy.get(f"{REQUESTS}/{received['id']}/copy"), 409, "wrong_request_status")
        deletion = await privacy.accept(person, "deletion")
        expect_problem(await privacy.get(f"{REQUESTS}/{deletion['id']}/copy"), 409, "wrong_request_kind")

    async def test_who_may_only_look_at_requests_gets_none(self, privacy: PrivacyScenario, person):
        accepted = await privacy.accept(person, "copy")
        expect_problem(
            await privacy.get(f"{REQUESTS}/{accepted['id']}/copy", privacy.bhxh_admin), 403, "forbidden"
        )


class TestObstacles:
    async def test_are_told_in_words(self, privacy: PrivacyScenario, person):
        await privacy.join(person)
        received = await privacy.receive(person, "deletion")
        [item] = expect_json(await privacy.get(f"{REQUESTS}/{received['id']}/obstacles"))["items"]
        assert item == {
            "code": "membership_open",
            "detail": "Còn là thành viên của tổ; hãy ghi ngày rời tổ trước.",
        }

    async def test_none_when_nothing_speaks_against_it(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "deletion")
        assert expect_json(await privacy.get(f"{REQUESTS}/{received['id']}/obstacles")) == {"items": []}
        copy = await privacy.receive(person, "copy")
        expect_problem(await privacy.get(f"{REQUESTS}/{copy['id']}/obstacles"), 409, "wrong_request_kind")


class TestDataOfficer:
    """The data protection officer handles requests of their own network's register, and sees no register."""

    async def test_of_a_union_handles_requests(self, privacy: PrivacyScenario, person):
        officer = await privacy.world.user(privacy.unit, "union_data_officer")
        body = privacy.request_body(person, "copy")
        received = expect_json(await privacy.client.post(REQUESTS, json=body, headers=officer.headers), 201)
        listed = expect_json(await privacy.client.get(REQUESTS, headers=officer.headers))
        assert received["id"] in [item["id"] for item in listed["items"]]
        for path in ("/v1/members", f"/v1/members/{person['id']}", "/v1/audit", "/v1/users"):
            expect_problem(await privacy.client.get(path, headers=officer.headers), 403, "forbidden")

    @pytest.mark.parametrize("role", ["treasurer", "collector"])
    async def test_who_keeps_a_groups_money_sees_nobody_elses_people(
        self, privacy: PrivacyScenario, person, role
    ):
        both = await privacy.world.user(privacy.unit, role, "union_data_officer", groups=[])
        path = f"/v1/members/{person['id']}"
        expect_problem(await privacy.client.get(path, headers=both.headers), 404, "not_found")

    async def test_of_bhxh_sees_that_they_are(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "copy")
        officer = await privacy.world.user(await privacy.world.unit("bhxh"), "bhxh_data_officer")
        path = f"{REQUESTS}/{received['id']}"
        assert expect_json(await privacy.client.get(path, headers=officer.headers))["id"] == received["id"]
        headers = officer.headers | {"If-Match": '"1"'}
        expect_problem(await privacy.client.post(f"{path}/accept", headers=headers), 403, "forbidden")

    async def test_of_another_network_finds_nothing(self, privacy: PrivacyScenario, person):
        received = await privacy.receive(person, "copy")
        unit = await privacy.world.unit("farmers_association")
        officer = await privacy.world.user(unit, "union_data_officer")
        response = await privacy.client.get(f"{REQUESTS}/{received['id']}", headers=officer.headers)
        expect_problem(response, 404, "not_found")
