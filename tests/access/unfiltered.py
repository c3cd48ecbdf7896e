"""The services without their own filters: whatever they ask, only the database says what is whose.

Three things tell a service what is whose: the actor's network, places and groups as `begin_actor` returned them; the
condition `visible` and functions such as `covers`; and conditions on `network` written by hand. All are switched off.
The settings of the transaction, which row-level security reads, stay what they are.
"""

import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ColumnElement, event, true

from app.auth.actor import Actor
from app.core.db import Database

_BY_HAND = re.compile(r"(?:\w+\.)?network = (\$\d+)(?:::\w+)?")


@contextmanager
def unfiltered(database: Database, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything that the services filter by is true for as long as this lasts."""
    engine = database.engine.sync_engine
    with patch.context() as off:
        off.setattr(Actor, "of", classmethod(_widened))
        off.setattr(Actor, "covers", _yes)
        for name in ("visible", "lies_within"):
            for module in [module for path, module in sys.modules.items() if path.startswith("app.")]:
                if hasattr(module, name):
                    off.setattr(module, name, _everything if name == "visible" else _yes)
        for method in ("execute", "fetch", "fetchrow", "fetchval", "prepare"):
            off.setattr(asyncpg.Connection, method, _without_network(getattr(asyncpg.Connection, method)))
        event.listen(engine, "before_cursor_execute", _rewrite, retval=True)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", _rewrite)


_original = Actor.of.__func__  # type: ignore[attr-defined]


def _widened(cls: type[Actor], row: Any) -> Actor:
    """The actor as somebody of BHXH who works nationwide; only the database knows better."""
    actor: Actor = _original(cls, row)
    return replace(actor, all_networks=True, nationwide=True, groups=None)


def _everything(*_args: Any, **_named: Any) -> ColumnElement[bool]:
    return true()


def _yes(*_args: Any, **_named: Any) -> bool:
    return True


def _any_network(statement: str) -> str:
    """The statement with every `network = $n` of its conditions made true, the parameter still in use."""
    head, where, rest = re.split(r"(\bwhere\b|$)", statement, maxsplit=1, flags=re.IGNORECASE)
    return head + where + _BY_HAND.sub(r"(\1::text is not null)", rest)


def _rewrite(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> tuple[str, Any]:
    return _any_network(statement), parameters


def _without_network(
    method: Callable[..., Coroutine[Any, Any, Any]],
) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def run(connection: Any, statement: str, *args: Any, **named: Any) -> Any:
        return await method(connection, _any_network(statement), *args, **named)

    return run
