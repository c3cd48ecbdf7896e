"""Factory for entries in a group's books, through the ledger's one writer."""

import json
from uuid import UUID

from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.world import Login

_RECORD = "select body from record_entries($1, $2, '{}', $3, $4, $5, null, $6, $7, null, $8)"


async def record_entries(
    app: FastAPI, login: Login, group: UUID, *entries: tuple[UUID | None, str, int]
) -> None:
    """A sheet of today with entries (member, kind, đồng); without a member, of the common fund."""
    lines = [
        {
            "id": str(uuid7()),
            "member_id": member and str(member),
            "kind": kind,
            "product": None,
            "amount": amount,
        }
        for member, kind, amount in entries
    ]
    await app.state.database.call(
        _RECORD, login.session_id, ["union_officer"], str(uuid7()), b"hash", group, uuid7(), today(), json.dumps(lines),
    )  # fmt: skip
