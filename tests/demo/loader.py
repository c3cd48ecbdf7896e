"""Loads the demonstration data from a process of its own, so that a test can kill it: settings as JSON on stdin."""

import asyncio
import json
import sys

from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from app.demo.load import load_demo


async def main() -> None:
    values = json.load(sys.stdin)
    settings = Settings(**values)
    async with owner_connection(values["database_url"], values["role_prefix"]) as owner:
        await load_demo(owner, settings)


if __name__ == "__main__":
    asyncio.run(main())
