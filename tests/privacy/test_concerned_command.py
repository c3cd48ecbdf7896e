"""`ansinh privacy concerned` as it is run on the night of a breach: what it prints, of a small world."""

import asyncio
import csv
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from app.core.settings import Settings
from app.core.values.time import now, today
from tests.privacy.request_scenario import PrivacyScenario
from tests.routers.responses import expect_json
from tests.serve_process import run_ansinh

_COLUMNS = ["member_id", "network", "province_code", "commune_code", "events", "first_at", "last_at"]
_DAY = timedelta(days=1)

Run = Callable[..., Awaitable[CompletedProcess[str]]]


@pytest.fixture
def run_concerned(folder: Path, settings: Settings) -> Run:
    """Runs the command on this test's database, from yesterday to tomorrow unless told otherwise."""
    environment = {
        "DATABASE_URL": str(settings.database_url),
        "APP_DATABASE_URL": str(settings.app_database_url),
        "ANSINH_ROLE_PREFIX": settings.role_prefix,
        "ANSINH_SECRET_KEY": str(settings.secret_key),
    }

    async def run(*arguments: str, first: Any = None, last: Any = None) -> CompletedProcess[str]:
        days = ("--from", str(first or today() - _DAY), "--to", str(last or today() + _DAY))
        words = ("privacy", "concerned", *arguments, *days)
        finished = await asyncio.to_thread(run_ansinh, folder / "data", *words, **environment)
        assert finished.returncode == 0, finished.stderr
        return finished

    return run


def read_lines(finished: CompletedProcess[str], columns: list[str]) -> list[dict[str, str]]:
    """The lines of the CSV, under these headings; their number is told beside it."""
    lines = csv.DictReader(finished.stdout.splitlines())
    rows = list(lines)
    assert lines.fieldnames == columns
    assert finished.stderr.splitlines()[-1] == f"# {len(rows)}"
    return rows


class TestConcerned:
    async def test_names_whose_data_a_user_touched_with_what_and_when(
        self, privacy: PrivacyScenario, run_concerned: Run
    ):
        began = now()
        seen, read, untouched = [await privacy.create_person() for _ in range(3)]
        reveal = f"/v1/members/{seen['id']}/reveal"
        expect_json(await privacy.post(reveal, {"reason": "complaint"}, login=privacy.admin))
        expect_json(await privacy.get(f"/v1/members/{read['id']}", login=privacy.admin))
        finished = await run_concerned("--user", privacy.admin.username)
        rows = {row["member_id"]: row for row in read_lines(finished, _COLUMNS)}
        assert {member: row["events"] for member, row in rows.items()} == {
            seen["id"]: "member.seen_whole read.revealed",
            read["id"]: "read.record",
        }
        for row in rows.values():
            places = (row["network"], row["province_code"], row["commune_code"])
            assert places == ("womens_union", privacy.world.province, privacy.world.commune)
            first, last = datetime.fromisoformat(row["first_at"]), datetime.fromisoformat(row["last_at"])
            assert began - _DAY < first <= last < now() + _DAY
        said = finished.stdout + finished.stderr
        assert [word for person in (seen, read, untouched) for word in person["words"] if word in said] == []

    async def test_of_a_partner_system(self, privacy: PrivacyScenario, run_concerned: Run):
        partner = await privacy.world.partner(privacy.unit, "contributions:write")
        person = await privacy.create_person()
        await privacy.join(person)
        body = {
            "group_id": str(privacy.group.id), "member_id": person["id"], "kind": "saving", "product": "bhxh_tn",
            "amount": 10_000, "business_date": str(today()),
        }  # fmt: skip
        headers = partner.headers | {"Idempotency-Key": person["id"]}
        expect_json(await privacy.client.post("/v1/contributions", json=body, headers=headers), 201)
        (row,) = read_lines(await run_concerned("--client", partner.username), _COLUMNS)
        assert (row["member_id"], row["events"]) == (person["id"], "ledger.recorded")

    async def test_only_of_the_days_that_are_asked_for(self, privacy: PrivacyScenario, run_concerned: Run):
        await privacy.create_person()
        long_ago = today() - timedelta(days=30)
        finished = await run_concerned("--user", privacy.officer.username, first=long_ago, last=long_ago)
        assert read_lines(finished, _COLUMNS) == []

    async def test_with_reach_everybody_who_could_be_seen(self, privacy: PrivacyScenario, run_concerned: Run):
        here = await privacy.create_person()
        beside = await privacy.world.member(privacy.unit, commune=privacy.world.sibling_commune)
        whole = read_lines(await run_concerned("--user", privacy.officer.username, "--reach"), _COLUMNS[:1])
        assert {row["member_id"] for row in whole} == {here["id"], str(beside)}
        part = await run_concerned("--user", privacy.sibling_officer.username, "--reach")
        assert [row["member_id"] for row in read_lines(part, _COLUMNS[:1])] == [str(beside)]
        none = await run_concerned("--user", privacy.farmers.username, "--reach")
        assert read_lines(none, _COLUMNS[:1]) == []
