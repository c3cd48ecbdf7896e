"""Work that would hold up the event loop, in a thread."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

LONG_BYTES: Final = 64 * 1024
"""What is parsed, validated or written out within a few ms has fewer."""


async def call_by_size(size: int, function: Callable[..., T], *args: object) -> T:
    """Call a function that works on so many bytes: here when they are few, in a thread when they are many."""
    if size <= LONG_BYTES:
        return function(*args)
    return await asyncio.to_thread(function, *args)
