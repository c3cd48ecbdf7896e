"""A copy of everything that is kept of a person, built from the registry so that nothing is forgotten."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import NotFound
from app.core.postgres.database import get_driver
from app.core.values.time import now
from app.privacy.registry.fields import list_differing_fields
from app.privacy.registry.verdicts import HIDDEN_COLUMNS, PERSONAL_TABLES


class CopiedField(BaseModel):
    """What a field is kept for that is kept for something else than its table, or on another ground."""

    purpose: str
    basis: str


class CopiedTable(BaseModel):
    """What is kept of a person in one table: why, on which ground, how long, and the rows themselves."""

    purpose: str
    basis: str
    fields: dict[str, CopiedField]
    retention: str
    sensitive: list[str]
    rows: list[dict[str, Any]]


class PersonCopy(BaseModel):
    """Everything that is kept of a person (bản sao dữ liệu), by table of the registry."""

    copied_at: datetime
    member_id: UUID
    tables: dict[str, CopiedTable]


async def copy_person(db: AsyncSession, member_id: UUID) -> PersonCopy:
    """Copy what is kept of a member whom the actor sees, in every place of the register. Raises: NotFound."""
    await db.flush()
    found = await (await get_driver(db)).fetchval("select copy_of_person($1)::text", member_id)
    if found is None:
        raise NotFound
    rows_by_table: dict[str, list[dict[str, Any]]] = json.loads(found)
    return PersonCopy(
        copied_at=now(),
        member_id=member_id,
        tables={
            table.name: CopiedTable(
                purpose=table.purpose,
                basis=table.basis,
                fields={
                    name: CopiedField(purpose=ground.purpose, basis=ground.basis)
                    for name, ground in list_differing_fields(table.name).items()
                    if name not in HIDDEN_COLUMNS
                },
                retention=table.retention,
                sensitive=sorted(table.sensitive),
                rows=[_without_hashes(row) for row in rows_by_table[table.name]],
            )
            for table in PERSONAL_TABLES
            if table.copied
        },
    )


def _without_hashes(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in HIDDEN_COLUMNS}
