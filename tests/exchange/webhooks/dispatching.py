"""A dispatcher in a process of its own, to be killed: `python -m tests.exchange.webhooks.dispatching`."""

import asyncio

from app.core.db import Database
from app.core.settings import Settings
from app.exchange.webhooks.dispatcher import Dispatcher
from app.exchange.webhooks.sender import Sender
from tests.exchange.webhooks.stand import Loopback


async def main() -> None:
    settings = Settings()
    database = await Database.connect(str(settings.app_database_url), pool_size=4)
    async with Sender(Loopback(settings)) as sender:
        await Dispatcher(database, sender, str(settings.secret_key)).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
