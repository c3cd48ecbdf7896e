"""Attempts: one request of one actor about the rows of one cell, and its response."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.audit.events import Event
from app.core.values.ids import uuid7
from tests.access.cases.base import AccessCase, CaseRequest, ScopeCheck
from tests.access.scenario.actors import ActorKind, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.markers import find_markers
from tests.access.scenario.scenario import AccessScenario
from tests.world import Login

STRANGERS_EVENTS = (Event.TOKEN_REFUSED, Event.LOGIN_FAILED, Event.SECOND_FACTOR_REFUSED)
"""What the audit holds of those who were refused; it is written beside their requests."""
_IGNORED_TABLES = ("alembic_version", "login_throttle", "read_audit", "read_pending")
"""The last two: a search that found nobody is noted as well, and a fold moves what is noted (tests/routers/test_read_audit.py)."""


@dataclass(frozen=True)
class Attempt:
    """case, kind, cell: what was tried. request, response: as sent and received; pages: the text of every page of a list."""

    case: AccessCase
    kind: ActorKind
    cell: Cell
    request: CaseRequest
    response: httpx.Response
    pages: str

    @property
    def description(self) -> str:
        return f"{self.case.label} by {self.kind.name} at {self.cell.name}: {self.response.status_code} {self.response.text[:300]}"

    def find_leaks(self, scenario: AccessScenario) -> list[str]:
        """The markers of rows in the response that the actor may not see."""
        request_text = str(self.request).lower()
        return [
            f"{self.description} shows {marker.text}"
            for marker in find_markers(self.pages, scenario.row_markers, request_text)
            if self.kind.invalid_reason or not self.kind.can_see(marker.cell, marker.sight)
        ]


async def attempt_case(
    case: AccessCase, kind: ActorKind, data: CellData, login: Login | None = None
) -> Attempt:
    """Make the request of a case about the rows of a cell; a list is read to its end."""
    scenario = data.scenario
    data.actor = kind
    request = await case.build_request(data)
    token = (login or scenario.logins[kind]).token
    response = await send_request(scenario.client, case, request, token)
    pages = [response.text]
    next_cursor = _next_cursor(case, response)
    while next_cursor is not None:
        page = await send_request(scenario.client, case, request, token, cursor=next_cursor)
        assert page.status_code == 200, page.text
        pages.append(page.text)
        next_cursor = _next_cursor(case, page)
    return Attempt(case, kind, data.cell, request, response, "\n".join(pages))


async def send_request(
    client: httpx.AsyncClient, case: AccessCase, request: CaseRequest, token: str, cursor: str | None = None
) -> httpx.Response:
    """Send the request of a case over HTTP."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if request.version is not None:
        headers["If-Match"] = f'"{request.version}"'
    if request.keyed:
        headers["Idempotency-Key"] = str(uuid7())
    query = dict(request.query) | ({"cursor": cursor} if cursor else {})
    if case.scope_check is ScopeCheck.LIST and case.method == "GET":
        query |= {"limit": "500"}
    path = case.path.format_map(request.path)
    return await client.request(case.method, path, params=query, json=request.body, headers=headers)


def _next_cursor(case: AccessCase, response: httpx.Response) -> str | None:
    if case.method != "GET" or response.status_code != 200 or "json" not in response.headers["content-type"]:
        return None
    cursor: str | None = response.json().get("next_cursor")
    return cursor


async def compute_table_digests(scenario: AccessScenario) -> dict[str, tuple[int, int]]:
    """Count the rows of every table and hash which version of each is there: equal digests mean that nothing was written.

    A version is a place (ctid) and the transaction that put it there (xmin): writing a row gives it others, even where
    what is written equals what was there, and no content need be read.

    Without what the audit holds of refused strangers, the places, which are many and of nobody, and the aggregates,
    which a fold moves about on its own and which only follow the ledger.
    """
    strangers = ", ".join(f"'{event.value}'" for event in STRANGERS_EVENTS)
    names = await scenario.owner.fetch(
        "select c.relname as name from pg_class c"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1::name[])"
        " and c.relname not like 'place%' and c.relname not like 'stat%'",
        list(_IGNORED_TABLES),
    )
    sql = " union all ".join(
        f"select '{row['name']}', count(*), coalesce(sum(hashtidextended(t.ctid, t.xmin::text::bigint)), 0)"
        f" from {row['name']} t"
        + (f" where event not in ({strangers})" if row["name"] == "audit_event" else "")
        for row in names
    )
    return {row[0]: (row[1], int(row[2])) for row in await scenario.owner.fetch(sql)}


def changed_tables(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The tables whose digests differ."""
    return [table for table, was in before.items() if after[table] != was]
