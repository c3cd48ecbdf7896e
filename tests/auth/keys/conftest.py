"""An installation of one's own, whose secret key is replaced."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.core.postgres.server import owner_connection
from tests.auth.keys.installation import Installation
from tests.databases import DatabaseUrls, worker_database


@pytest.fixture(scope="module")
def own_database() -> Iterator[DatabaseUrls]:
    yield from worker_database()


@pytest.fixture
async def installation(own_database: DatabaseUrls) -> AsyncIterator[Installation]:
    """With nothing sealed yet."""
    async with owner_connection(own_database.admin, own_database.role_prefix) as owner:
        for table in ("signing_key", "recovery_code", "second_factor", "webhook_secret"):
            await owner.execute(f"delete from {table}")
        yield Installation(own_database, owner)
