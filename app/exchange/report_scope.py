"""What an actor may see, said in the reports' SQL beside row-level security, and how their statements are run."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, TextClause
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor


def within(alias: str) -> str:
    """The condition for rows of the actor's network and places."""
    return (
        f"(:all_networks or {alias}.network = :network)"
        f" and (:nationwide or {alias}.province_code = any (cast(:provinces as text[]))"
        f" or {alias}.commune_code = any (cast(:communes as text[])))"
    )


async def rows_for(
    db: AsyncSession, actor: Actor, statement: TextClause, values: Mapping[str, Any]
) -> Sequence[Row[Any]]:
    """What a statement with `within` gives the actor."""
    scope = {
        "all_networks": actor.all_networks,
        "network": actor.network,
        "nationwide": actor.nationwide,
        "provinces": list(actor.provinces),
        "communes": list(actor.communes),
    }
    return (await (await db.connection()).execute(statement, scope | dict(values))).all()
