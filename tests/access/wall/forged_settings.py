"""Settings as somebody would forge them who can run SQL as the application's role, and what they may not change."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth import actor as actor_module
from app.core.postgres.database import Database, get_driver
from tests.access.disabled_filters import replace_everywhere
from tests.world import GroupRef, Login

SEPARATOR = "\x1f"
PARTS = ("network", "actor", "organisation", "limited", "provinces", "groups", "communes")
"""What `app.scope` holds, in its order."""


def build_scope(**parts: str) -> str:
    """Build a scope that shows everything, but for the parts that are given."""
    everything = {"network": "*", "provinces": "*", "groups": "*", "communes": "{}"}
    return SEPARATOR.join((everything | parts).get(part, "") for part in PARTS)


def change_scope(scope: str, part: str, value: str) -> str:
    """The same scope with another part."""
    parts = scope.split(SEPARATOR)
    parts[PARTS.index(part)] = value
    return SEPARATOR.join(parts)


EVERYTHING: Mapping[str, str] = {"app.scope": build_scope(), "app.system": "on"}
"""What would show everything, if it were believed."""


@dataclass(frozen=True)
class Stage:
    """A union's group with a member, its officer and its treasurer."""

    officer: Login
    treasurer: Login
    group: GroupRef


async def forge(connection: Any, settings: Mapping[str, str], *, local: bool = True) -> None:
    """Set settings as anybody can. connection: asyncpg, as the application's role; local: until the transaction ends."""
    for name, value in settings.items():
        await connection.execute("select set_config($1, $2, $3)", name, value, local)


async def read_settings(connection: Any, *names: str) -> dict[str, str]:
    """Read settings as they are in the transaction."""
    return {
        name: await connection.fetchval("select coalesce(current_setting($1, true), '')", name)
        for name in names
    }


def settings_of(network: str, organisation: UUID, actor: UUID) -> dict[str, str]:
    """Forge the settings of somebody in particular, nationwide."""
    scope = build_scope(network=network, organisation=str(organisation), actor=str(actor))
    return {**EVERYTHING, "app.scope": scope}


@contextmanager
def forge_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forge `EVERYTHING` before and after each begin of an actor, and before each call of a hot path."""
    begin: Callable[..., Any] = actor_module.begin_actor

    async def begin_forged(db: AsyncSession, session_id: UUID) -> Any:
        driver = await get_driver(db)
        await forge(driver, EVERYTHING)
        actor = await begin(db, session_id)
        await forge(driver, EVERYTHING)
        return actor

    async def call_forged(self: Database, sql: str, *args: Any) -> asyncpg.Record:
        async with self.driver.acquire() as connection, connection.transaction():
            await forge(connection, EVERYTHING)
            row = await connection.fetchrow(sql, *args)
        assert row is not None
        return row

    with monkeypatch.context() as patcher:
        replace_everywhere(patcher, begin, begin_forged)
        patcher.setattr(Database, "call", call_forged)
        yield
