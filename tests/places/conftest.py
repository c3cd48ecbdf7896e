"""A database with the administrative units, and transactions that leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.database import Database
from app.core.postgres.server import owner_connection
from app.places.load import load_places
from tests.databases import DatabaseUrls, worker_database


@pytest.fixture(scope="session")
def places_database_urls() -> Iterator[DatabaseUrls]:
    """A database of these tests' own, which no other test's places can enter, with the units loaded."""
    for urls in worker_database():
        asyncio.run(_load(urls))
        yield urls


async def _load(urls: DatabaseUrls) -> None:
    async with owner_connection(urls.admin, urls.role_prefix) as owner:
        await load_places(owner)


@pytest.fixture
async def db(places_database_urls: DatabaseUrls) -> AsyncIterator[AsyncSession]:
    """The application role's transaction, rolled back at the end."""
    database = await Database.connect(places_database_urls.app, pool_size=1)
    async with AsyncSession(database.engine) as session:
        yield session
        await session.rollback()
    await database.close()
