"""The dispatcher as a part of a process: `ansinh worker`, and the workers that `ansinh serve` starts."""

import asyncio
import logging
from contextlib import suppress

from app.auth.rotation import secret_of
from app.core.database_errors import error_for_database
from app.core.db import Database
from app.core.settings import Settings
from app.exchange.webhooks.dispatcher import Dispatcher
from app.exchange.webhooks.gate import Gate
from app.exchange.webhooks.sender import Sender

_POOL = 4
_log = logging.getLogger("ansinh.webhooks")


async def run_dispatcher(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """Deliver webhooks with *database* until *stop* is set. Raises: ValueError without a secret key."""
    async with Sender(Gate(settings)) as sender:
        dispatcher = Dispatcher(database, sender, secret_of(settings))
        try:
            await dispatcher.run(stop)
        finally:
            await dispatcher.abandon()


async def serve_webhooks(settings: Settings, stop: asyncio.Event) -> None:
    """The same with connections of its own; a database that is away is waited for."""
    assert settings.app_database_url is not None  # noqa: S101 - who starts a worker gives it
    if settings.secret_key is None:
        _log.warning("webhooks are not delivered here: ANSINH_SECRET_KEY is not set")
        return
    while not stop.is_set():
        try:
            database = await Database.connect(settings.app_database_url, pool_size=_POOL)
        except Exception as error:
            if error_for_database(error) is None:
                raise
            _log.warning("the database is away")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
            continue
        try:
            await run_dispatcher(database, settings, stop)
        finally:
            await database.close()
