"""Security events: each in the log, a bounded number in the audit, no name in either."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.audit import security
from app.audit.events import Event
from app.audit.security import SecurityLog, is_power_of_ten
from app.core.process.log_format import JsonFormatter
from app.core.settings import Settings
from app.core.values.time import freeze_time, now
from app.tenancy.logins.throttle import PER_OWN
from tests.auth.login_helpers import PASSWORD, log_in, make_client, make_server_signer, set_password
from tests.world import Login, World

LOGGER = "ansinh.security"


@pytest.fixture
async def officer(world: World) -> Login:
    login = await world.user(await world.unit("womens_union"), "union_officer")
    await set_password(world.owner, login)
    return login


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator["Lines"]:
    with caplog.at_level(logging.INFO, logger=LOGGER):
        yield Lines(caplog)


class Lines:
    """The lines of the log, as they are written."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def all(self) -> list[dict[str, Any]]:
        formatter = JsonFormatter()
        return [
            json.loads(formatter.format(record)) for record in self._caplog.records if record.name == LOGGER
        ]

    def of(self, event: Event) -> list[dict[str, Any]]:
        return [line for line in self.all() if line["event"] == event.value]


async def list_events(owner: Any, app: FastAPI, event: Event, subject: UUID | None) -> list[dict[str, Any]]:
    """The fields of the events about a subject, once all are written."""
    await app.state.auth_services.security.drain()
    sql = "select * from audit_event where event = $1 and subject_id is not distinct from $2 order by id"
    return [
        dict(row) | {"fields": json.loads(row["fields"])}
        for row in await owner.fetch(sql, event.value, subject)
    ]


async def guess(client: httpx.AsyncClient, username: str) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"username": username, "password": "không phải"})


class TestFailedLogins:
    async def test_each_is_logged_and_the_audit_counts(
        self, app: FastAPI, officer: Login, owner: Any, lines: Lines
    ):
        with freeze_time(now()):
            async with make_client(app) as stranger:
                statuses = [
                    (await guess(stranger, officer.username)).status_code for _ in range(PER_OWN + 15)
                ]
        assert statuses.count(401) == PER_OWN
        assert len(lines.of(Event.LOGIN_FAILED)) == PER_OWN
        assert len(lines.of(Event.LOGIN_THROTTLED)) == 15
        assert {line["subject_id"] for line in lines.of(Event.LOGIN_FAILED)} == {str(officer.id)}
        assert len({line["origin"] for line in lines.all()}) == 1
        for event, code in (
            (Event.LOGIN_FAILED, "wrong_credentials"),
            (Event.LOGIN_THROTTLED, "too_many_logins"),
        ):
            rows = await list_events(owner, app, event, officer.id)
            assert [row["fields"] for row in rows] == [
                {"code": code, "count": 1},
                {"code": code, "count": 10},
            ]
            assert {(row["actor_kind"], row["actor_id"], row["network"]) for row in rows} == {
                ("nobody", None, "womens_union")
            }
            assert {row["organisation_id"] for row in rows} == {officer.organisation_id}

    async def test_an_unknown_name_is_in_the_log_alone_and_not_as_it_is(
        self, app: FastAPI, owner: Any, lines: Lines
    ):
        before = await owner.fetchval("select count(*) from audit_event where event like 'login.%'")
        name = "nguyen.thi.bi.mat"
        async with make_client(app) as stranger:
            await guess(stranger, name)
            await guess(stranger, name)
        await app.state.auth_services.security.drain()
        assert await owner.fetchval("select count(*) from audit_event where event like 'login.%'") == before
        failed = lines.of(Event.LOGIN_FAILED)
        assert len({line["name_hash"] for line in failed}) == 1
        assert len(failed) == 2
        assert name not in json.dumps(lines.all())

    async def test_of_a_partner_system(self, app: FastAPI, owner: Any, world: World, lines: Lines):
        partner = await world.partner(await world.unit("womens_union"), "stats:read")
        form = {"grant_type": "client_credentials", "client_id": partner.username, "client_secret": "x"}
        with freeze_time(now()):
            async with make_client(app) as stranger:
                for _ in range(PER_OWN + 1):
                    await stranger.post("/v1/oauth/token", data=form)
        assert len(lines.of(Event.CLIENT_LOGIN_FAILED)) == PER_OWN
        assert len(lines.of(Event.CLIENT_LOGIN_THROTTLED)) == 1
        (throttled,) = await list_events(owner, app, Event.CLIENT_LOGIN_THROTTLED, partner.id)
        assert throttled["fields"] == {"code": "too_many_logins", "count": 1}

    async def test_the_union_reads_its_own_in_the_audit(
        self, app: FastAPI, client, officer: Login, world: World
    ):
        async with make_client(app) as stranger:
            await guess(stranger, officer.username)
        await app.state.auth_services.security.drain()
        admin = await world.user(await world.unit("womens_union"), "union_admin")
        farmers = await world.user(await world.unit("farmers_association"), "union_admin")
        seen = []
        for login in (admin, farmers):
            response = await client.get("/v1/audit?event=login.failed", headers=login.headers)
            seen.append([item["subject_id"] for item in response.json()["items"]])
        assert seen == [[str(officer.id)], []]


class TestRefusedTokens:
    async def test_a_forged_one_is_nobodys(
        self, app: FastAPI, officer: Login, owner: Any, settings: Settings, lines: Lines
    ):
        signer = await make_server_signer(owner, settings, officer)
        before = await list_events(owner, app, Event.TOKEN_REFUSED, None)
        token = signer.sign_valid()[:-4] + "AAAA"
        async with make_client(app) as stranger:
            for _ in range(100):
                response = await stranger.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
                assert response.status_code == 401
        assert len(lines.of(Event.TOKEN_REFUSED)) == 100
        assert not any("subject_id" in line for line in lines.all())
        written = (await list_events(owner, app, Event.TOKEN_REFUSED, None))[len(before) :]
        assert len(written) <= 3
        assert token not in json.dumps(lines.all())

    @pytest.mark.parametrize("path", ["/v1/auth/me", "/v1/members"])
    async def test_a_genuine_one_of_an_ended_session_is_its_holders(
        self, app: FastAPI, officer: Login, owner: Any, lines: Lines, path: str
    ):
        await owner.execute("update auth_session set revoked_at = now() where id = $1", officer.session_id)
        async with make_client(app) as stranger:
            assert (await stranger.get(path, headers=officer.headers)).status_code == 401
        (line,) = lines.of(Event.TOKEN_REFUSED)
        assert (line["subject_id"], line["code"]) == (str(officer.id), "unauthenticated")
        (row,) = await list_events(owner, app, Event.TOKEN_REFUSED, officer.id)
        assert row["fields"] == {"code": "unauthenticated", "count": 1}


class TestActs:
    async def test_a_change_of_rights_is_logged_once_it_is_committed(
        self, client, world: World, lines: Lines
    ):
        unit = await world.unit("womens_union")
        admin, user = await world.user(unit, "union_admin"), await world.user(unit, "viewer")
        headers = admin.headers | {"If-Match": '"1"'}
        stale = await client.patch(
            f"/v1/users/{user.id}", json={"roles": ["union_officer"]}, headers=headers | {"If-Match": '"7"'}
        )
        assert stale.status_code == 412
        assert lines.of(Event.USER_CHANGED) == []
        response = await client.patch(
            f"/v1/users/{user.id}", json={"roles": ["union_officer"]}, headers=headers
        )
        assert response.status_code == 200
        (line,) = lines.of(Event.USER_CHANGED)
        assert (line["actor_kind"], line["actor_id"], line["subject_id"]) == (
            "user",
            str(admin.id),
            str(user.id),
        )

    async def test_a_reveal_is_logged_and_in_the_audit(
        self, app: FastAPI, client, world: World, owner: Any, lines: Lines
    ):
        unit = await world.unit("womens_union")
        admin, member = await world.user(unit, "union_admin"), await world.member(unit)
        path = f"/v1/members/{member}/reveal"
        refused = await client.post(path, json={}, headers=admin.headers)
        assert (refused.status_code, lines.of(Event.MEMBER_SEEN_WHOLE)) == (422, [])
        shown = await client.post(path, json={"reason": "complaint"}, headers=admin.headers)
        assert shown.status_code == 200
        (line,) = lines.of(Event.MEMBER_SEEN_WHOLE)
        assert (line["actor_kind"], line["actor_id"], line["subject_id"]) == (
            "user",
            str(admin.id),
            str(member),
        )
        assert shown.json()["full_name"] not in json.dumps(lines.all(), ensure_ascii=False)
        (row,) = await list_events(owner, app, Event.MEMBER_SEEN_WHOLE, member)
        assert (row["actor_kind"], row["actor_id"]) == ("user", admin.id)

    async def test_what_is_no_security_event_is_not_logged(self, client, world: World, lines: Lines):
        officer = await world.user(await world.unit("womens_union"), "union_officer")
        body = {"name": "Xóm Mới", "kind": "thôn", "parent_code": world.commune}
        assert (await client.post("/v1/places", json=body, headers=officer.headers)).status_code == 201
        assert lines.all() == []

    async def test_a_login_is_logged(self, app: FastAPI, officer: Login, lines: Lines):
        async with make_client(app) as stranger:
            await log_in(stranger, officer)
        (line,) = lines.of(Event.SESSION_STARTED)
        assert line["actor_id"] == str(officer.id)
        assert PASSWORD not in json.dumps(lines.all())


class TestTally:
    @pytest.mark.parametrize("number", [1, 10, 100, 1000])
    def test_these_are_written(self, number: int):
        assert is_power_of_ten(number)

    @pytest.mark.parametrize("number", [2, 9, 11, 20, 99, 101, 110, 1001])
    def test_these_are_not(self, number: int):
        assert not is_power_of_ten(number)

    async def test_it_begins_anew_with_each_quarter_of_an_hour_and_stays_small(
        self, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(security, "MAX_TALLIES", 2)
        log = SecurityLog(app.state.database, b"key")
        assert [log._count(Event.LOGIN_FAILED, UUID(int=1)) for _ in range(3)] == [1, 2, 3]
        with freeze_time(now().replace(year=now().year + 1)):
            assert log._count(Event.LOGIN_FAILED, UUID(int=1)) == 1
        for number in range(5):
            log._count(Event.LOGIN_FAILED, UUID(int=number))
        assert len(log._tallies) == 2
