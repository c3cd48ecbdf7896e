"""Switches off the services' own filters, so that only row-level security decides what is visible.

Three things tell a service which rows belong to whom: the actor's network, places and groups as `begin_actor` returned
them; the `visible_…` conditions and the functions `covers` and `lies_within`; and conditions on `network` in SQL
texts. All are switched off. The settings of the transaction, which row-level security reads, stay what they are.
"""

import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ColumnElement, event, true

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.postgres.database import Database
from app.imports.contributions.batch import visible_batch_condition
from app.insurance.enrolments.decisions.records import visible_decision_condition
from app.jobs.queries import visible_job_condition
from app.tenancy.coverage.rules import lies_within

_NETWORK_CONDITION = re.compile(r"(?:\w+\.)?network = (\$\d+)(?:::\w+)?")


@contextmanager
def disable_filters(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make every filter of the services true for as long as the block lasts."""
    engine = database.engine.sync_engine
    with monkeypatch.context() as patcher:
        patcher.setattr(Actor, "from_row", classmethod(_without_limits))
        patcher.setattr(Actor, "covers", _always_true)
        for condition in (
            visible_condition, visible_batch_condition, visible_decision_condition, visible_job_condition,
        ):  # fmt: skip
            replace_everywhere(patcher, condition, _true_condition)
        replace_everywhere(patcher, lies_within, _always_true)
        for method in ("execute", "fetch", "fetchrow", "fetchval", "prepare"):
            patcher.setattr(asyncpg.Connection, method, _without_network(getattr(asyncpg.Connection, method)))
        event.listen(engine, "before_cursor_execute", _rewrite_statement, retval=True)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", _rewrite_statement)


def replace_everywhere(
    patcher: pytest.MonkeyPatch, function: Callable[..., Any], replacement: Callable[..., Any]
) -> None:
    """Replace the function in every module of the application that defines or imports it, under any name."""
    for module, name in _find_names(function, len(sys.modules)):
        patcher.setattr(module, name, replacement)


@cache
def _find_names(function: Callable[..., Any], _modules: int) -> list[tuple[ModuleType, str]]:
    """Where the application has the function. _modules: how many there are, so that it is looked for in new ones."""
    return [
        (module, name)
        for path, module in list(sys.modules.items())
        if path.startswith("app.")
        for name, value in list(vars(module).items())
        if value is function
    ]


_original = Actor.from_row.__func__  # type: ignore[attr-defined]


def _without_limits(cls: type[Actor], row: Any) -> Actor:
    """The actor as somebody of BHXH who works nationwide; only the database knows better."""
    actor: Actor = _original(cls, row)
    return replace(actor, all_networks=True, nationwide=True, groups=None)


def _true_condition(*_args: Any, **_named: Any) -> ColumnElement[bool]:
    return true()


def _always_true(*_args: Any, **_named: Any) -> bool:
    return True


@cache
def _drop_network_condition(statement: str) -> str:
    """The statement with every `network = $n` of its conditions made true, the parameter still in use."""
    head, where, rest = re.split(r"(\bwhere\b|$)", statement, maxsplit=1, flags=re.IGNORECASE)
    return head + where + _NETWORK_CONDITION.sub(r"(\1::text is not null)", rest)


def _rewrite_statement(
    _conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any
) -> tuple[str, Any]:
    return _drop_network_condition(statement), parameters


def _without_network(
    method: Callable[..., Coroutine[Any, Any, Any]],
) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def run(connection: Any, statement: str, *args: Any, **named: Any) -> Any:
        return await method(connection, _drop_network_condition(statement), *args, **named)

    return run
