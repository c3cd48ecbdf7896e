"""The database of a process: sessions for ordinary resources, the driver for the few hot paths.

One transaction is one unit of work. It is committed before the answer is sent, so that a failed commit is
never answered with success, and rolled back when anything is raised.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.urls import asyncpg_dsn, sqlalchemy_url

T = TypeVar("T")
_PROCESS_KEY = "process_key"
_DATABASE = "database"


def _is_open(connection: PoolConnectionProxy) -> bool:
    """Whether a kept connection can be used; one that the server ended is the pool's again and answers nothing."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


async def _skip_reset(_connection: asyncpg.Connection) -> None:
    """Skip the reset at release: scope is set with `set_config(…, true)` and dies with its transaction."""


class Database:
    """Connections of one process to its PostgreSQL, in the application's role.

    process_key: what the owner's functions ask for that give secrets away; nobody has it who can only run SQL.
    """

    def __init__(
        self, engine: AsyncEngine, driver: asyncpg.Pool, *, max_idle: int = 0, process_key: bytes = b""
    ) -> None:
        self.engine = engine
        self.driver = driver
        self.process_key = process_key
        self._idle: list[PoolConnectionProxy] = []
        self._max_idle = max_idle
        self._waiters = 0
        self._sessions = async_sessionmaker(
            engine,
            class_=AsyncSession,
            expire_on_commit=False,
            info={_PROCESS_KEY: process_key, _DATABASE: self},
        )

    @classmethod
    async def connect(
        cls, app_url: str, *, pool_size: int = 10, driver_size: int | None = None, process_key: bytes = b""
    ) -> "Database":
        """Open both pools.

        app_url: address of the application's role. pool_size, driver_size: connections at most, for sessions and for
        the driver, by default as many. process_key: of this installation (`app.auth.keys.process_key`); without it no
        secret can be read.
        """
        # Where few connections serve several ends, none waits with one end for the next.
        max_idle = 0 if driver_size else max(0, pool_size - 2)
        driver_size = driver_size or pool_size
        engine = create_async_engine(
            sqlalchemy_url(app_url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,  # an exception's text must not hold a row
        )
        driver = await asyncpg.create_pool(
            asyncpg_dsn(app_url),
            min_size=1,
            max_size=driver_size,
            reset=_skip_reset,
            command_timeout=60,
            max_inactive_connection_lifetime=0,
        )
        return cls(engine, driver, max_idle=max_idle, process_key=process_key)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Begin one transaction: committed at the end of the block, rolled back when it raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def call(self, sql: str, *args: Any) -> asyncpg.Record:
        """Run one statement of a hot path: one row, one round trip, in a transaction of its own.

        The statement is a SQL function that begins the actor itself (`record_entries` and its like), so rights,
        scope and errors are those of any other request.
        """
        connection = await self._acquire()
        try:
            row = await connection.fetchrow(sql, *args)
        except BaseException:
            await self.driver.release(connection)
            raise
        if self._waiters or len(self._idle) >= self._max_idle:
            await self.driver.release(connection)
        else:
            self._idle.append(connection)
        assert row is not None  # noqa: S101 - a function call always yields a row
        return row

    async def _acquire(self) -> PoolConnectionProxy:
        """Acquire a connection for one statement.

        Calls keep their connections between them, all but two of the pool's: giving one back and asking for it again
        costs as much as checking a token. Whatever went wrong goes back to the pool, which knows how to mend it.
        """
        while self._idle:
            connection = self._idle.pop()
            if _is_open(connection):
                return connection
            await self.driver.release(connection)
        self._waiters += 1
        try:
            return await self.driver.acquire()
        finally:
            self._waiters -= 1

    def count_connections(self) -> dict[str, int]:
        """How many connections of the driver's pool are idle and in use."""
        idle = self.driver.get_idle_size() + len(self._idle)
        return {"idle": idle, "in_use": self.driver.get_size() - idle}

    async def close(self) -> None:
        """Close both pools."""
        while self._idle:
            await self.driver.release(self._idle.pop())
        await self.driver.close()
        await self.engine.dispose()


def get_process_key(db: AsyncSession) -> bytes:
    """Return the key that this process shows to the functions that give secrets away."""
    key: bytes = db.info[_PROCESS_KEY]
    return key


async def call_beside(db: AsyncSession, sql: str, *args: Any) -> asyncpg.Record:
    """Run one statement in a transaction of its own, beside that of a session, committed when it returns.

    For what must be written of a transaction that cannot write. It has a connection of the other pool, so nobody waits
    for a connection while holding the last one.
    """
    database: Database = db.info[_DATABASE]
    return await database.call(sql, *args)


async def get_driver(db: AsyncSession) -> asyncpg.Connection:
    """Return the driver's connection below a session, in its transaction: for statements over many rows at once.

    Where the actor has begun, rights, scope, errors and audit are those of the session.
    """
    connection = await db.connection()
    driver: asyncpg.Connection = (await connection.get_raw_connection()).driver_connection
    if not driver.is_in_transaction():  # a session begins with its own first statement
        await connection.exec_driver_sql("select")
    return driver


async def run_in_savepoint(
    driver: asyncpg.Connection, work: Callable[[], Awaitable[T]], *, keep: bool = True
) -> T:
    """Run *work* in a savepoint, once more when the database rolled it back to end a deadlock.

    keep: False takes everything back that the work wrote, for a dry run. The work must begin afresh when called again.
    """
    try:
        async with savepoint(driver, keep=keep):
            return await work()
    except asyncpg.DeadlockDetectedError:
        async with savepoint(driver, keep=keep):
            return await work()


@asynccontextmanager
async def savepoint(driver: asyncpg.Connection, *, keep: bool = True) -> AsyncIterator[None]:
    """Begin a savepoint, rolled back when the block raises. keep: False rolls it back at the end, too."""
    transaction = driver.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        await transaction.rollback()
        raise
    await (transaction.commit() if keep else transaction.rollback())
