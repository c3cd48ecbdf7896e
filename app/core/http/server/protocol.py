"""uvicorn's HTTP/1.1 with limits: of heads, of time, of connections, and problems for an answer.

    uvicorn.Config(…, http=LimitedProtocol)      or LimitedConfig, with limits of one's own

uvicorn bounds no head, waits for ever for the rest of a request, and takes connections until there is no descriptor
left. This overrides what parser and transport call, and reads a few attributes of uvicorn that are documented nowhere;
`tests/core/http/server/test_private_names.py` says which upgrade moved them.
"""

import asyncio
from enum import Enum
from typing import Any, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.core.errors import DomainError
from app.core.http.metrics import count_refused_connection
from app.core.http.request_context import REFUSAL_KEY
from app.core.http.server import limits as most
from app.core.http.server.errors import MalformedRequest, RequestTimeout, TargetTooLong
from app.core.http.server.head import find_head_error, is_plain, read_content_length, too_large
from app.core.http.server.limits import ConnectionLimits
from app.core.http.server.refusals import render, too_many_connections
from app.core.http.server.transport import LingeringTransport
from app.core.http.server.watch import SWEEP_SECONDS, get_watch

_HEALTH = b"/health/"


class LimitedConfig(uvicorn.Config):
    """A configuration of uvicorn with the limits of its connections."""

    def __init__(self, *args: Any, limits: ConnectionLimits, **options: Any) -> None:
        options |= {"http": LimitedProtocol}
        super().__init__(*args, **options)
        self.limits = limits


class _Phase(Enum):
    """What the parser waits for."""

    START = "a request"
    HEAD = "the rest of a head"
    BODY = "the rest of a body"


_START, _HEAD, _BODY = _Phase
"""By names of their own: each is asked for several times in a request, and of the class it takes ten times as long."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. `_since` is when its phase began, or when it last answered."""

    transport: LingeringTransport

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits if isinstance(config, LimitedConfig) else ConnectionLimits()
        self._watch = get_watch(server_state, self.loop, self._limits)
        self._phase = _START
        self._since = self.loop.time()
        self._is_new, self._is_surplus, self._is_refused, self._is_head_short = True, False, False, False
        self._head_bytes = self._body_bytes = self._discarded = 0
        self._checked_bytes, self._silent, self._unsent, self._unsent_since = 0, 0.0, 0, self._since

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = LingeringTransport(transport, self._is_receiving, self._begin_discarding)
        if not self._watch.admit(self):
            self._refuse(too_many_connections())
            self.transport.finish()
        self._is_surplus = self._watch.is_full

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            self._discard(len(data))
            return
        was_in_head = self._phase is _HEAD
        self._is_head_short = not was_in_head and len(data) <= most.MAX_HEAD_BYTES
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._is_refused = True  # of what follows nothing is HTTP
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, DomainError) else MalformedRequest())
            return
        if was_in_head and self._phase is _HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > most.MAX_HEAD_BYTES:
                self._refuse(too_large())

    # What the parser calls; what is raised here comes out of `feed_data`

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= most.MAX_PIPELINED:
            raise MalformedRequest
        super().on_message_begin()
        self._phase, self._since, self._is_new, self._head_bytes = _HEAD, self.loop.time(), False, 0

    def on_url(self, url: bytes) -> None:
        if len(self.url) + len(url) > most.MAX_TARGET_BYTES:
            raise TargetTooLong(limit=most.MAX_TARGET_BYTES)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._phase is not _HEAD:
            return  # a trailer of a chunked body
        if len(self.headers) >= most.MAX_HEADERS:
            raise too_large()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        refusal = None
        if not (self._is_head_short and is_plain(self.headers)):
            refusal = find_head_error(self.url, self.headers, self.parser.get_http_version())
        if refusal is None and self._is_surplus and self._watch.is_full and not self.url.startswith(_HEALTH):
            refusal = too_many_connections()
        if refusal is not None:
            cast(dict[str, Any], self.scope)[REFUSAL_KEY] = refusal
            count_refused_connection(refusal.code)
        super().on_headers_complete()
        self._phase, self._since = _BODY, self.loop.time()
        self._body_bytes = self._checked_bytes = 0
        self._silent = 0.0

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._phase = _START
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """As uvicorn does, without a timer for each request: the watch ends who is idle."""
        self.server_state.total_requests += 1
        self._since = self.loop.time()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        if self._phase is _BODY and self.cycle.response_complete and not self._is_rest_short():
            # Nobody reads the rest of the body.
            self._is_refused = True
            self.transport.close()

    # What the watch calls

    def check(self, now: float) -> None:
        """End the connection if something takes too long."""
        if self._is_stalled(now):
            self.transport.abort()
        elif self.transport.lingering:
            if now - self._since > most.DISCARD_SECONDS:
                self.transport.finish()
        elif self._phase is _HEAD:
            if now - self._since > self._limits.head_seconds:
                self._refuse(RequestTimeout())
        elif self._phase is _BODY:
            self._check_body(now)
        elif not self._is_answering():
            seconds = self._limits.head_seconds if self._is_new else self._limits.idle_seconds
            if now - self._since > seconds:
                self.transport.close()

    def get_idle_since(self) -> float | None:
        """Since when no request is under way; None while one is."""
        if self.transport.lingering:
            return self._since
        if self._phase is _BODY or self._is_answering() or self.transport.is_closing():
            return None
        return self._since

    def end_idle(self) -> None:
        """Close it, idle as it is."""
        count_refused_connection("idle")
        self.transport.finish()

    def _check_body(self, now: float) -> None:
        if self.flow.read_paused:
            self._since += SWEEP_SECONDS  # it is the server that does not take more
            return
        self._silent = self._silent + SWEEP_SECONDS if self._body_bytes == self._checked_bytes else 0.0
        self._checked_bytes = self._body_bytes
        seconds = self._limits.body_seconds
        if self._silent > seconds or now - self._since > seconds + self._body_bytes / most.MIN_BODY_RATE:
            if self._is_answering():
                self._refuse(RequestTimeout())
            else:
                self.transport.finish()

    def _is_stalled(self, now: float) -> bool:
        """Whether the client has taken nothing of its answer for long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent < self._unsent:
            self._unsent_since = now
        self._unsent = unsent
        return now - self._unsent_since > most.STALLED_SECONDS

    # Refusing

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_receiving(self) -> bool:
        return self._is_refused or self._phase is not _START

    def _is_rest_short(self) -> bool:
        """Whether the rest of the body may come and be thrown away, so that the connection goes on."""
        length = read_content_length(self.headers)
        is_short = length is not None and length - self._body_bytes <= most.SHORT_REST
        return is_short and not self.expect_100_continue

    def _refuse(self, error: DomainError) -> None:
        """Answer with a problem if nothing else is being answered, and read no more."""
        self._is_refused = True
        count_refused_connection(error.code)
        if self._is_answering():
            if self._phase is not _BODY and not self.pipeline:
                self.cycle.keep_alive = False  # an earlier request, which has its answer first
                return
            started = self.cycle.response_started or bool(self.pipeline)
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if started:
                self.transport.close()
                return
        self.transport.write(render(error, self.headers or []))
        self.transport.close()

    def _begin_discarding(self) -> None:
        self._is_refused, self._since, self._discarded = True, self.loop.time(), 0
        self.flow.resume_reading()

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > most.MAX_DISCARDED_BYTES:
            self.transport.finish()
