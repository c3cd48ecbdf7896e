"""One attempt: a POST to an address that was looked at, bounded in time and in what is read of the answer."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import httpx

from app.exchange.webhooks.addresses import Address, Place, Refused
from app.exchange.webhooks.gate import Gate

SECONDS: Final = 10.0
"""For all of it: the name, the connection, sending, and the head of the answer."""
_CONNECT_SECONDS: Final = 4.0
_BODY_SECONDS: Final = 1.0
ANSWER_BYTES: Final = 500
_USER_AGENT: Final = "AnSinh-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. error: None when it succeeded, else its kind. text: the answer's first bytes."""

    duration_ms: int
    code: int | None
    error: str | None
    text: str
    retry_after: str | None

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.code == 410


class Sender:
    """Sends; no redirect is followed, no proxy of the environment used, no connection used twice.

    seconds: bound of one attempt. context: who is trusted, by default the usual authorities.
    """

    def __init__(
        self, gate: Gate, *, seconds: float = SECONDS, context: ssl.SSLContext | None = None
    ) -> None:
        self._gate = gate
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            verify=context or httpx.create_ssl_context(trust_env=False),
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            timeout=httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds)),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send *body*; whatever goes wrong is part of the answer."""
        began = time.monotonic()
        code, error, text, retry_after = None, None, "", None
        try:
            async with asyncio.timeout(self._seconds):
                target = await self._gate.open(url)
                answer = await self._connected(target.place, target.addresses, headers, body)
            code, retry_after = answer.status_code, answer.headers.get("retry-after")
            text = await _start_of(answer)
            error = _error_of(code)
        except Refused as refused:
            error = f"refused_{refused.why}" if refused.why != "unresolved" else "unresolved"
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except httpx.ConnectError as failed:
            error = "tls" if _of_tls(failed) else "connect"
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            error = "dropped"
        return Answer(round((time.monotonic() - began) * 1000), code, error, text, retry_after)

    async def _connected(
        self, place: Place, addresses: tuple[Address, ...], headers: Mapping[str, str], body: bytes
    ) -> httpx.Response:
        """The answer of the first address that can be connected to."""
        for address in addresses[:-1]:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._at(place, address, headers, body)
        return await self._at(place, addresses[-1], headers, body)

    async def _at(
        self, place: Place, address: Address, headers: Mapping[str, str], body: bytes
    ) -> httpx.Response:
        """The name stays what is asked for and what the certificate must bear; the address is where to connect."""
        request = self._client.build_request(
            "POST",
            httpx.URL(scheme=place.scheme, host=str(address), port=place.port, raw_path=place.path.encode()),
            content=body,
            headers={
                "Host": place.authority,
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": _USER_AGENT,
                **headers,
            },
            extensions={} if place.literal else {"sni_hostname": place.host},
        )
        return await self._client.send(request, stream=True)


async def _start_of(answer: httpx.Response) -> str:
    """The first bytes of the answer that come in a short while, as text that can be stored."""
    raw = b""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in answer.aiter_raw():
                raw += chunk
                if len(raw) >= ANSWER_BYTES:
                    break
    with suppress(httpx.HTTPError, OSError):
        await answer.aclose()
    return raw[:ANSWER_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")


def _error_of(code: int) -> str | None:
    if 200 <= code < 300:
        return None
    return "redirect" if 300 <= code < 400 else "status"


def _of_tls(error: BaseException) -> bool:
    """Whether the connection failed at its certificate or its ciphers."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
