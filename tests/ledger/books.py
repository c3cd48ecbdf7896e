"""Scenario of the ledger tests: a group with members, and logins that may record entries."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.world import GroupRef, Login, World


@dataclass(frozen=True)
class Books:
    """One group of the Women's Union; its treasurer, an officer of the province, and an HTTP client."""

    world: World
    client: httpx.AsyncClient
    group: GroupRef
    treasurer: Login
    officer: Login

    @property
    def members(self) -> list[UUID]:
        return self.group.members

    def entry_body(self, member: UUID | None, amount: int | None = 10_000, **fields: Any) -> dict[str, Any]:
        """The body of one contribution."""
        return {
            "group_id": str(self.group.id),
            "business_date": str(today()),
            **entry_line(member, amount, **fields),
        }

    def meeting_body(self, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """The body of a meeting."""
        return {
            "group_code": self.group.code,
            "business_date": str(today()),
            "items": list(lines),
            **fields,
        }

    async def post(
        self, path: str, body: Any, key: str | None = None, *, login: Login | None = None
    ) -> httpx.Response:
        """POST as the treasurer (or *login*) under a key: a new one unless it is given."""
        headers = {**(login or self.treasurer).headers, "Idempotency-Key": key or str(uuid7())}
        return await self.client.post(path, json=body, headers=headers)

    async def record(self, member: UUID | None, amount: int | None = 10_000, **fields: Any) -> dict[str, Any]:
        """Record one contribution and return the body of the response."""
        response = await self.post("/v1/contributions", self.entry_body(member, amount, **fields))
        assert response.status_code == 201, response.text
        contribution: dict[str, Any] = response.json()
        return contribution

    async def get(self, path: str, *, login: Login | None = None, **query: Any) -> httpx.Response:
        """GET as the treasurer (or *login*)."""
        return await self.client.get(path, params=query, headers=(login or self.treasurer).headers)

    async def balance(self, member: UUID | None) -> int:
        """The balance of an account in the database."""
        balance: int = await self.world.owner.fetchval(
            "select posted from account where group_id = $1 and member_id is not distinct from $2 and kind <> 'cash'",
            self.group.id, member,
        )  # fmt: skip
        return balance

    async def counts(self) -> tuple[int, int]:
        """How many transactions and postings the group has."""
        row = await self.world.owner.fetchrow(
            "select (select count(*) from ledger_txn where group_id = $1),"
            " (select sum(version) from account where group_id = $1)",
            self.group.id,
        )
        return row[0], int(row[1])


def entry_line(member: UUID | None, amount: int | None = 10_000, **fields: Any) -> dict[str, Any]:
    """One line of a sheet: a saving for voluntary insurance unless *fields* say otherwise."""
    fields_with_defaults = {
        "member_id": member and str(member),
        "kind": "saving",
        "product": "bhxh_tn",
        "amount": amount,
    }
    return {name: value for name, value in (fields_with_defaults | fields).items() if value is not None}


async def create_books(world: World, client: httpx.AsyncClient, members: int = 3) -> Books:
    """Create books in a new world."""
    group = await world.group(await world.unit("womens_union"), members=members)
    treasurer = await world.user(group.unit, "treasurer", groups=[group.id])
    return Books(world, client, group, treasurer, await world.user(group.unit, "union_officer"))
