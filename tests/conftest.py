"""Fixtures for every test; those of one noun live beside its tests."""

from collections.abc import Iterator

import pytest

from tests.databases import DatabaseUrls, worker_database


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the session, so that session-wide async fixtures (a pool) can be shared."""
    return "asyncio"


@pytest.fixture(scope="session")
def database_urls() -> Iterator[DatabaseUrls]:
    """This worker's own migrated database."""
    yield from worker_database()
