"""The unit of work of a request: one transaction, committed before the answer is sent."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.database import Database


async def unit_of_work(request: Request) -> AsyncIterator[AsyncSession]:
    """Dependency: a session in the request's transaction."""
    database: Database = request.app.state.database
    async with database.begin() as session:
        yield session


Db = Annotated[AsyncSession, Depends(unit_of_work, scope="function")]
"""A session in the request's transaction; `scope="function"` commits before the answer is sent."""
