"""Attempts: one request of one actor about one spot, and what came of it."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.core.ids import uuid7
from tests.access.actors import Cell, Kind
from tests.access.lines import Line, Reach, Sent
from tests.access.marks import marks_in
from tests.access.spots import Spot
from tests.access.stage import Stage
from tests.world import Login

_UNCOUNTED = ("alembic_version", "login_throttle")


@dataclass(frozen=True)
class Attempt:
    """line, kind, cell: what was tried. sent: the request. answer: what came back; pages: and the rest of a list."""

    line: Line
    kind: Kind
    cell: Cell
    sent: Sent
    answer: httpx.Response
    pages: str

    @property
    def story(self) -> str:
        return f"{self.line.label} by {self.kind.name} at {self.cell.name}: {self.answer.status_code} {self.answer.text[:300]}"

    def leaks(self, stage: Stage) -> list[str]:
        """Whose rows the answer shows though they are not the actor's."""
        said = str(self.sent).lower()
        return [
            f"{self.story} shows {mark.text}"
            for mark in marks_in(self.pages, stage.rows, said)
            if self.kind.broken or not self.kind.sees(mark.cell, mark.sight)
        ]


async def attempt(line: Line, kind: Kind, spot: Spot, login: Login | None = None) -> Attempt:
    """Make the line's request about the spot; a list is read to its end."""
    stage = spot.stage
    spot.kind = kind
    sent = await line.make(spot)
    token = (login or stage.logins[kind]).token
    answer = await send(stage.client, line, sent, token)
    pages = [answer.text]
    following = _cursor(line, answer)
    while following is not None:
        page = await send(stage.client, line, sent, token, cursor=following)
        assert page.status_code == 200, page.text
        pages.append(page.text)
        following = _cursor(line, page)
    return Attempt(line, kind, spot.cell, sent, answer, "\n".join(pages))


async def send(
    client: httpx.AsyncClient, line: Line, sent: Sent, token: str, cursor: str | None = None
) -> httpx.Response:
    """The line's request over HTTP."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if sent.version is not None:
        headers["If-Match"] = f'"{sent.version}"'
    if sent.keyed:
        headers["Idempotency-Key"] = str(uuid7())
    query = dict(sent.query) | ({"cursor": cursor} if cursor else {})
    if line.reach is Reach.LIST and line.method == "GET":
        query |= {"limit": "500"}
    path = line.path.format_map(sent.path)
    return await client.request(line.method, path, params=query, json=sent.body, headers=headers)


def _cursor(line: Line, answer: httpx.Response) -> str | None:
    if line.method != "GET" or answer.status_code != 200 or "json" not in answer.headers["content-type"]:
        return None
    cursor: str | None = answer.json().get("next_cursor")
    return cursor


async def digest(stage: Stage) -> dict[str, tuple[int, int]]:
    """The number of rows of every table and a sum over what stands in them: equal means that nothing was written.

    Without the places, which are many and of nobody, and the aggregates, which a fold moves about on its own and which
    only follow the ledger.
    """
    names = await stage.owner.fetch(
        "select c.relname as name from pg_class c"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1::name[])"
        " and c.relname not like 'place%' and c.relname not like 'stat%'",
        list(_UNCOUNTED),
    )
    whole = " union all ".join(
        f"select '{row['name']}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) from {row['name']} t"
        for row in names
    )
    return {row[0]: (row[1], int(row[2])) for row in await stage.owner.fetch(whole)}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The tables in which something was written."""
    return [table for table, was in before.items() if after[table] != was]
