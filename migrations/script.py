"""How a migration runs a script of several statements.

The driver prepares every statement by itself and so takes only one at a time; its simple protocol takes
a whole script. It runs in the transaction that Alembic opened.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from alembic import op


def run(script: str) -> None:
    """Run *script*, one or more statements without parameters, in the migration's transaction."""
    connection = op.get_bind()
    connection.exec_driver_sql("SELECT 1")  # the adapter opens the transaction with its first statement
    adapted = connection.connection.dbapi_connection
    execute: Callable[[Any], Awaitable[Any]] = lambda raw: raw.execute(script)  # noqa: E731
    adapted.run_async(execute)  # type: ignore[union-attr]
