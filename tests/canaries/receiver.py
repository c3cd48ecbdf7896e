"""A partner that keeps all that webhooks send, and answers with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class EchoingReceiver:
    """messages: the bodies that came, as text."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator["EchoingReceiver"]:
        """Listen on the loopback address while the block runs."""
        receiver = cls()
        server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
        receiver.port = server.sockets[0].getsockname()[1]
        try:
            yield receiver
        finally:
            server.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        body = await reader.readexactly(length)
        self.messages.append(body.decode())
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()
