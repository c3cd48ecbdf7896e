"""Nobody who runs SQL as the application's role reads the id of a living session of somebody else (docs/decisions/0015)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from tests.auth.login_helpers import (
    add_client_secret,
    bearer_headers,
    is_logged_in,
    log_in,
    make_client,
    refresh,
    set_password,
)
from tests.jobs.job_workers import run_pending_jobs, start_counting_job
from tests.privacy.emergency_scenario import EmergencyScenario
from tests.routers.responses import expect_json
from tests.world import Login

READABLE = """
select format('%I.%I', n.nspname, c.relname) as name,
       string_agg(case when a.atttypid = 'bytea'::regtype then format('%1$I::text, encode(%1$I, ''escape'')', a.attname)
                       else format('%I::text', a.attname) end, ', ') as columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relkind in ('r', 'p', 'v', 'm', 'f')
   and (n.nspname !~ '^pg_' and n.nspname <> 'information_schema' or c.relname = 'pg_stat_activity')
   and has_schema_privilege(n.oid, 'USAGE') and has_column_privilege(c.oid, a.attnum, 'SELECT')
 group by n.nspname, c.relname
"""
"""The tables with the columns that the role may select, as text; of bytes, which may hold an id or its text, both."""

IDS = r"""
select distinct lower(replace(found[1], '-', '')) as id
  from (select concat_ws(' ', {columns}) as line from {name}) x,
       regexp_matches(line, '[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?[0-9a-f]{{4}}-?[0-9a-f]{{4}}-?[0-9a-f]{{12}}', 'gi') found
"""
READERS = (
    "nobody",
    "colleague",
    "viewer",
    "treasurer",
    "collector",
    "data_officer",
    "administrator",
    "partner",
    "bhxh",
)


@dataclass(frozen=True)
class Town:
    """An organisation after a day's work. readers: who may try; living: whose session each id is that holds."""

    readers: dict[str, Login]
    living: dict[str, Any]


async def enter_by_http(emergency: EmergencyScenario, client: httpx.AsyncClient, owner: Any) -> None:
    """Log in, go on by refresh, log out, end another's session, and come as a partner system."""
    device = str(uuid4())
    await set_password(owner, emergency.admin)
    kept = await log_in(client, emergency.admin, device_id=device, device_name="Máy")
    kept = expect_json(await refresh(client, kept, device_id=device))
    left = await log_in(client, emergency.admin)
    assert (await client.post("/v1/auth/logout", headers=bearer_headers(left))).status_code == 204
    lost = await emergency.world.login(emergency.officer.id, emergency.officer.username, emergency.unit)
    url = f"/v1/users/{emergency.officer.id}/sessions/{lost.session_id}"
    assert (await client.delete(url, headers=emergency.admin.headers)).status_code == 204
    partner = await emergency.world.partner(emergency.unit, "stats:read")
    await add_client_secret(owner, partner, "a secret of a partner system")
    form = {
        "grant_type": "client_credentials",
        "client_id": partner.username,
        "client_secret": "a secret of a partner system",
    }
    expect_json(await client.post("/v1/oauth/token", data=form))
    assert await is_logged_in(client, kept)


@pytest.fixture
async def town(app: FastAPI, world: Any, client: httpx.AsyncClient, owner: Any) -> AsyncIterator[Town]:
    emergency = await EmergencyScenario.create(world, client)
    unit, group = emergency.unit, (await world.group(emergency.unit)).id
    readers = {
        "colleague": await world.user(unit, "union_officer"),
        "viewer": await world.user(unit, "viewer"),
        "treasurer": await world.user(unit, "treasurer", groups=[group]),
        "collector": await world.user(unit, "collector", groups=[group]),
        "data_officer": emergency.officer,
        "administrator": emergency.second,
        "partner": await world.partner(unit, "enrolments:write"),
        "bhxh": await world.user(await world.national("bhxh"), "bhxh_officer"),
    }
    async with make_client(app) as caller:
        await enter_by_http(emergency, caller, owner)
    entered = await emergency.enter(await emergency.approve())
    await client.get(f"/v1/members/{emergency.person['id']}", headers=entered)
    await start_counting_job(app, await world.user(unit, "union_officer"), {"numbers": 1})
    await start_counting_job(app, await world.partner(unit, "enrolments:write"), {"numbers": 1})
    rows = await owner.fetch(
        "select id, coalesce(user_id, client_id) as whose from auth_session"
        " where revoked_at is null and expires_at > now()"
    )
    yield Town(readers, {row["id"].hex: row["whose"] for row in rows})
    await run_pending_jobs(app)


async def find_ids(connection: Any, town: Town, reader: Login | None) -> set[tuple[str, str]]:
    """Find the ids of living sessions of others, each with the table in which the connection reads it."""
    tables = await connection.fetch(READABLE)
    assert len(tables) > 50
    found = set()
    for table in tables:
        rows = await connection.fetch(IDS.format(**table))
        found |= {(table["name"], row["id"]) for row in rows if row["id"] in town.living}
    own = reader.id if reader else None
    return {(name, id_) for name, id_ in found if town.living[id_] != own}


class TestLivingSessions:
    async def test_their_ids_are_read_by_nobody_else(self, intruder: Any, town: Town):
        for name in READERS:
            reader = town.readers.get(name)
            async with intruder.transaction(readonly=True):
                if reader:
                    await intruder.execute("select begin_actor($1)", reader.session_id)
                assert await find_ids(intruder, town, reader) == set(), name

    async def test_one_that_stood_in_the_audit_would_be_found(self, intruder: Any, town: Town):
        reader, other = town.readers["colleague"], town.readers["administrator"]
        transaction = intruder.transaction()
        await transaction.start()
        await intruder.execute("select begin_actor($1)", reader.session_id)
        await intruder.execute(
            "insert into audit_event (id, event, network, actor_id, actor_kind, organisation_id, subject_kind, fields)"
            " values ($1, 'session.started', scope_network(), $2, 'user', $3, 'session', $4)",
            uuid7(), reader.id, reader.organisation_id, json.dumps({"session_id": str(other.session_id)}),
        )  # fmt: skip
        assert ("public.audit_event", other.session_id.hex) in await find_ids(intruder, town, reader)
        await transaction.rollback()
