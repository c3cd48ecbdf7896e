"""A real webhook receiver on the loopback address with scripted behaviour: answers, fails, hangs, drops, redirects, drips."""

import asyncio
import json
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_RESPONSES = {
    "ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "fail": b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "later": b"HTTP/1.1 503 Busy\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n",
    "twice": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" * 2,
    "nonsense": b"\x00\x01 this is no answer\r\n\r\n",
    "zeros": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na\x00\xffb",
}
_SLOW_RESPONSES = {
    "drip head": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", 0.02),
    "drip body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x", 0.02),
    "endless": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"2000\r\n" + b"y" * 0x2000 + b"\r\n",
        0.0,
    ),
}
"""What comes first, then again and again, and the seconds between."""


@dataclass(frozen=True)
class ReceivedMessage:
    """A request that was received."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """behaviours: what to do at a path, one after the other. default_behaviours: what to do from then on, if not `ok`."""

    port: int = 0
    scheme: str = "http"
    messages: list[ReceivedMessage] = field(default_factory=list)
    behaviours: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    default_behaviours: dict[str, str] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    open_connections: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    max_open_connections: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def messages_at(self, path: str) -> list[ReceivedMessage]:
        return [message for message in self.messages if message.path == path]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = ""
        try:
            message = await self._read(reader)
            path = message.path
            self.open_connections[path] += 1
            self.max_open_connections[path] = max(
                self.max_open_connections[path], self.open_connections[path]
            )
            self.messages.append(message)
            self.arrived.set()
            waiting = self.behaviours[path]
            await self._perform(
                waiting.popleft() if waiting else self.default_behaviours.get(path, "ok"), writer
            )
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_connections[path] -= 1
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> ReceivedMessage:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return ReceivedMessage(head[0].split(" ")[1], headers, body)

    async def _perform(self, behaviour: str, writer: asyncio.StreamWriter) -> None:
        if behaviour in _RESPONSES:
            writer.write(_RESPONSES[behaviour])
        elif behaviour == "redirect":
            place = f"Location: {self.url('/elsewhere')}\r\nContent-Length: 0\r\n\r\n"
            writer.write(b"HTTP/1.1 302 Found\r\n" + place.encode())
        elif behaviour.startswith("say "):
            text = behaviour.removeprefix("say ").encode()
            writer.write(b"HTTP/1.1 422 No\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
        elif behaviour == "hang":
            await asyncio.sleep(60)
        elif behaviour.startswith("slow "):
            _, seconds, *then = behaviour.split(" ")
            await asyncio.sleep(float(seconds))
            writer.write(_RESPONSES[then[0] if then else "ok"])
        elif behaviour in _SLOW_RESPONSES:
            await self._drip(writer, *_SLOW_RESPONSES[behaviour])
        else:
            assert behaviour == "drop", behaviour
        await writer.drain()

    async def _drip(self, writer: asyncio.StreamWriter, head: bytes, piece: bytes, pause: float) -> None:
        writer.write(head)
        for _ in range(2000):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)


@asynccontextmanager
async def run_receiver(context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver for as long as the block runs."""
    receiver = Receiver(scheme="https" if context else "http")
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.handle(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
