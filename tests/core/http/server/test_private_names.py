"""The names of uvicorn and httptools that LimitedProtocol reads or overrides: what fails here an upgrade has moved."""

import asyncio
import inspect

import httptools
import pytest
import uvicorn
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from app.core.errors import DomainError
from app.core.http.server.errors import MalformedRequest
from app.core.http.server.limits import ConnectionLimits
from app.core.http.server.protocol import LimitedConfig, LimitedProtocol

UPGRADE = f"uvicorn {uvicorn.__version__} moved a private name: mend app/core/http/server/protocol.py"
OVERRIDDEN = (
    "connection_made", "data_received", "on_message_begin", "on_url", "on_header", "on_headers_complete", "on_body",
    "on_message_complete", "on_response_complete",
)  # fmt: skip
READ = {
    "loop", "parser", "url", "headers", "scope", "cycle", "pipeline", "flow", "transport", "expect_100_continue",
    "server_state", "_start_asgi_task",
}  # fmt: skip
READ_OF_CYCLE = {
    "keep_alive",
    "disconnected",
    "message_event",
    "response_started",
    "response_complete",
}


async def _app(scope, receive, send) -> None:
    """Nothing is asked of it."""


@pytest.fixture
async def protocol() -> LimitedProtocol:
    config = LimitedConfig(_app, limits=ConnectionLimits(), lifespan="off", log_config=None)
    config.load()
    return LimitedProtocol(config, ServerState(), {})


class TestNames:
    async def test_attributes_of_a_connection(self, protocol: LimitedProtocol):
        protocol.on_message_begin()
        assert {name for name in READ if not hasattr(protocol, name)} == set(), UPGRADE

    @pytest.mark.parametrize("name", OVERRIDDEN)
    def test_what_is_overridden_is_called_by_that_name(self, name: str):
        own = inspect.signature(getattr(LimitedProtocol, name))
        theirs = inspect.signature(getattr(httptools_impl.HttpToolsProtocol, name))
        assert list(own.parameters) == list(theirs.parameters), UPGRADE

    def test_attributes_of_a_cycle_and_of_the_flow(self):
        source = inspect.getsource(httptools_impl.RequestResponseCycle)
        assert {name for name in READ_OF_CYCLE if f"self.{name}" not in source} == set(), UPGRADE
        assert {"read_paused", "resume_reading"} <= {*inspect.getsource(FlowControl).replace(".", " ").replace("(", " ").split()}, UPGRADE  # fmt: skip

    async def test_the_server_state_holds_the_connections(self):
        assert ServerState().connections == set(), UPGRADE

    def test_the_config_takes_a_class(self):
        config = LimitedConfig(_app, limits=ConnectionLimits(), lifespan="off", log_config=None)
        config.load()
        assert config.http_protocol_class is LimitedProtocol, UPGRADE


class TestParser:
    def test_what_a_callback_raises_is_the_context_of_the_error(self):
        class Callbacks:
            def on_header(self, name: bytes, value: bytes) -> None:
                raise MalformedRequest

        parser = httptools.HttpRequestParser(Callbacks())
        with pytest.raises(httptools.HttpParserError) as exc_info:
            parser.feed_data(b"GET / HTTP/1.1\r\nA: b\r\n\r\n")
        assert isinstance(exc_info.value.__context__, DomainError), "httptools lost what a callback raised"

    async def test_a_refusal_of_a_callback_is_the_answer(self, protocol: LimitedProtocol):
        written: list[bytes] = []

        class Transport(asyncio.Transport):
            def write(self, data) -> None:
                written.append(bytes(data))

            def get_write_buffer_size(self) -> int:
                return 0

            def pause_reading(self) -> None: ...
            def resume_reading(self) -> None: ...
            def can_write_eof(self) -> bool:
                return False

            def is_closing(self) -> bool:
                return False

            def close(self) -> None:
                written.append(b"closed")

        protocol.connection_made(Transport())
        protocol.data_received(b"GET /" + b"a" * 9000)
        head, _, closed = b"".join(written).rpartition(b"closed")
        assert head.startswith(b"HTTP/1.1 414 "), UPGRADE
        assert b"application/problem+json" in head
        assert closed == b""
