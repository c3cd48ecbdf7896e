"""Run the dispatcher in a process: `ansinh worker`, and the workers that `ansinh serve` starts."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from app.auth.keys.process_key import derive_process_key
from app.auth.keys.rotation import require_secret_keys
from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database
from app.core.settings import Settings
from app.webhooks.sending.dispatcher import Dispatcher
from app.webhooks.sending.egress import EgressGuard
from app.webhooks.sending.sender import WebhookSender

WEBHOOK_CONNECTIONS: Final = 4
"""All of the driver's: the dispatcher begins no session."""
_log = logging.getLogger("ansinh.webhooks")


async def run_dispatcher(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """Deliver webhooks with *database* until *stop* is set. Raises: ValueError without a secret key."""
    async with WebhookSender(EgressGuard(settings)) as sender:
        dispatcher = Dispatcher(database, sender, require_secret_keys(settings))
        try:
            await dispatcher.run(stop)
        finally:
            await dispatcher.cancel_all()


async def serve_webhooks(settings: Settings, stop: asyncio.Event) -> None:
    """Run the dispatcher with connections of its own; wait while the database cannot be reached."""
    assert settings.app_database_url is not None  # noqa: S101 - who starts a worker gives it
    if settings.secret_key is None:
        _log.warning("webhooks are not delivered by this process: ANSINH_SECRET_KEY is not set")
        return
    while not stop.is_set():
        try:
            database = await Database.connect(
                settings.app_database_url,
                pool_size=1,
                driver_size=WEBHOOK_CONNECTIONS,
                process_key=derive_process_key(settings),
            )
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
