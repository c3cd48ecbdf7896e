"""A small HTTP/1.1 load generator: keeps its connections busy for a while and counts responses."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

MakeRequest = Callable[[], bytes]
"""Makes the next request, ready to be sent."""


@dataclass(frozen=True)
class Rate:
    """The rate of a load: requests per second, requests in all, and the seconds that they took."""

    per_second: float
    requests: int
    seconds: float


def build_request(
    method: str, path: str, token: str | None, body: bytes = b"", key: str | None = None
) -> bytes:
    """One request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def send_on_connection(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request_bytes: bytes
) -> tuple[int, bytes]:
    """One request on an open connection: status and body."""
    writer.write(request_bytes)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = head.lower().find(b"content-length:")
    size = int(head[length + 15 : head.find(b"\r", length)]) if length >= 0 else 0
    return status, await reader.readexactly(size)


async def send_once(port: int, request_bytes: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await send_on_connection(reader, writer, request_bytes)
    finally:
        writer.close()


async def run_load(
    port: int, make_request: MakeRequest, *, connections: int, seconds: float, expect: int
) -> Rate:
    """Send requests over so many connections for so long.

    Raises: AssertionError at the first response with another status: a benchmark of refusals means nothing.
    """
    done = 0
    started = time.perf_counter()
    until = started + seconds

    async def run_connection() -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while time.perf_counter() < until:
                status, body = await send_on_connection(reader, writer, make_request())
                assert status == expect, f"{status}: {body[:500]!r}"
                done += 1
        finally:
            writer.close()

    await asyncio.gather(*(run_connection() for _ in range(connections)))
    took = time.perf_counter() - started
    return Rate(done / took, done, took)
