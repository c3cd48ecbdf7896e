"""uvicorn's server, which at its end answers whatever had come in."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import uvicorn

GRACE_SECONDS = 1.0
"""How long an open connection may still send a request once the end has begun."""
_POLL_SECONDS = 0.02
_CLOSE = (b"connection", b"close")


class DrainingServer(uvicorn.Server):
    """uvicorn closes a connection whose request has not been read, and the listening socket with those in its queue.

    This one takes what is in the queue, lets requests that are on their way arrive, and answers each with
    `Connection: close`; new connections are refused from the beginning.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then end as uvicorn does."""
        self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        await self._accept_waiting(sockets or [])
        await self._let_requests_arrive()
        await super().shutdown(sockets)

    async def _accept_waiting(self, sockets: list[socket.socket]) -> None:
        """Close the listening sockets, after taking the connections that wait in their queues."""
        queues: list[socket.socket] = []
        with suppress(OSError):  # no descriptor left: those who wait are refused
            queues += [sock.dup() for sock in sockets]
        for server in self.servers:
            server.close()
        for sock in sockets:
            sock.close()
        loop = asyncio.get_running_loop()
        for queue in queues:
            deadline = loop.time() + GRACE_SECONDS
            while loop.time() < deadline:
                try:
                    connection, _ = queue.accept()
                except OSError:  # none is left
                    break
                await loop.connect_accepted_socket(self._create_protocol, connection)
            queue.close()

    def _create_protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        created: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return created

    async def _let_requests_arrive(self) -> None:
        """Wait while a connection is open that has no request under way."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + GRACE_SECONDS
        while loop.time() < deadline and not self.force_exit:
            connections = [*self.server_state.connections]
            under_way = [connection for connection in connections if _has_request(connection)]
            for connection in under_way:
                connection.shutdown()  # closed once it is answered
            if len(under_way) == len(connections):
                return
            await asyncio.sleep(_POLL_SECONDS)


def _has_request(connection: Any) -> bool:
    return connection.cycle is not None and not connection.cycle.response_complete
