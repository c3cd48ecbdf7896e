"""Restrict the reports' SQL to what the actor may see (besides row-level security), and run it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, TextClause
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor


def scope_condition(alias: str) -> str:
    """Build the SQL condition for rows of the actor's network and places."""
    return (
        f"(:all_networks or {alias}.network = :network)"
        f" and (:nationwide or {alias}.province_code = any (cast(:provinces as text[]))"
        f" or {alias}.commune_code = any (cast(:communes as text[])))"
    )


async def fetch_scoped_rows(
    db: AsyncSession, actor: Actor, statement: TextClause, values: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """Run a statement with `scope_condition` and return its rows."""
    scope = {
        "all_networks": actor.all_networks,
        "network": actor.network,
        "nationwide": actor.nationwide,
        "provinces": list(actor.provinces),
        "communes": list(actor.communes),
    }
    return (await (await db.connection()).execute(statement, scope | dict(values))).all()
