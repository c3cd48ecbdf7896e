"""How a migration runs SQL of several statements, and the frozen copies under `migrations/sql`.

The driver prepares every statement by itself and so takes only one at a time; its simple protocol takes
a whole script. It runs in the transaction that Alembic opened.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from alembic import op

SQL = Path(__file__).parent / "sql"
APP_ROLE = ':"app_role"'
"""Stands in a script for the role that the application logs in as; psql knows it as a variable (`-v app_role=…`)."""
ROUTINE = re.compile(r"^\s*create or replace (?:function|procedure|aggregate) (\w+)", re.MULTILINE)
"""Is found in a file that makes a function, procedure or aggregate; others make or guard tables."""


def run(script: str) -> None:
    """Run *script*, one or more statements without parameters, in the migration's transaction."""
    connection = op.get_bind()
    # (The adapter opens the transaction with its first statement.)
    role = connection.exec_driver_sql("SELECT quote_ident(current_setting('ansinh.app_role'))").scalar_one()
    ready = script.replace(APP_ROLE, str(role))
    adapted = connection.connection.dbapi_connection
    execute: Callable[[Any], Awaitable[Any]] = lambda raw: raw.execute(ready)  # noqa: E731
    adapted.run_async(execute)  # type: ignore[union-attr]


def read(name: str) -> str:
    """One frozen script of `migrations/sql`."""
    return (SQL / name).read_text(encoding="utf-8")


def install(folder: str) -> None:
    """Run every frozen script below a folder of `migrations/sql`: functions, then tables and what guards them."""
    scripts = [path.read_text(encoding="utf-8") for path in sorted((SQL / folder).rglob("*.sql"))]
    run("set local check_function_bodies = off")  # functions call each other in no particular order
    for script in sorted(scripts, key=lambda script: not ROUTINE.search(script)):
        run(script)
    run("set local check_function_bodies = on")


def require_table(name: str) -> None:
    """Refuse to go on in a database whose migrations had other numbers: a table of an earlier one is not there."""
    if not op.get_bind().exec_driver_sql(f"SELECT to_regclass('{name}') IS NOT NULL").scalar_one():
        raise RuntimeError(
            f"Không có bảng {name}: các bước chuyển đổi đã chạy mang số khác. Phục hồi bản sao lưu trước 0033."
            f" / There is no table {name}: the migrations that ran had other numbers. Restore a backup from before 0033."
        )
