"""Send one attempt: a POST to an address that was checked, bounded in time and in what is read of the response."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import httpx

from app.webhooks.sending.addresses import AddressRefused, IpAddress, ParsedUrl
from app.webhooks.sending.egress import EgressGuard

ATTEMPT_SECONDS: Final = 10.0
"""For the whole attempt: resolving, connecting, sending, and reading the response's head."""
_CONNECT_SECONDS: Final = 4.0
_BODY_SECONDS: Final = 1.0
MAX_ANSWER_BYTES: Final = 500
_USER_AGENT: Final = "AnSinh-Webhooks/1"


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The result of an attempt.

    error: None when it succeeded, else its kind. text: the first bytes of what was answered, which nobody may see yet
    (`mask_answer`). is_cut: there was more of it.
    """

    duration_ms: int
    code: int | None
    error: str | None
    text: str
    retry_after: str | None
    is_cut: bool = False

    @property
    def gone(self) -> bool:
        """Return whether the receiver wants no more messages (410)."""
        return self.code == 410


class WebhookSender:
    """Sends requests; no redirect is followed, no proxy of the environment used, no connection used twice.

    seconds: the most for one attempt. context: the trusted authorities, by default the usual ones.
    """

    def __init__(
        self, guard: EgressGuard, *, seconds: float = ATTEMPT_SECONDS, context: ssl.SSLContext | None = None
    ) -> None:
        self._guard = guard
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

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> AttemptResult:
        """Send *body*; errors are part of the result, not raised."""
        started = time.monotonic()
        code, error, text, is_cut, retry_after = None, None, "", False, None
        try:
            async with asyncio.timeout(self._seconds):
                target = await self._guard.resolve_target(url)
                response = await self._send_to_any(target.url, target.addresses, headers, body)
            code, retry_after = response.status_code, response.headers.get("retry-after")
            text, is_cut = await _read_start(response)
            error = _status_error(code)
        except AddressRefused as refused:
            error = f"refused_{refused.reason}" if refused.reason != "unresolved" else "unresolved"
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except httpx.ConnectError as failed:
            error = "tls" if _is_tls_error(failed) else "connect"
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            error = "dropped"
        duration = round((time.monotonic() - started) * 1000)
        return AttemptResult(duration, code, error, text, retry_after, is_cut)

    async def _send_to_any(
        self, url: ParsedUrl, addresses: tuple[IpAddress, ...], headers: Mapping[str, str], body: bytes
    ) -> httpx.Response:
        """Send to the first address that can be connected to."""
        for address in addresses[:-1]:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._send_to(url, address, headers, body)
        return await self._send_to(url, addresses[-1], headers, body)

    async def _send_to(
        self, url: ParsedUrl, address: IpAddress, headers: Mapping[str, str], body: bytes
    ) -> httpx.Response:
        """Send to one address; the URL's name stays in the Host header and must be on the certificate."""
        request = self._client.build_request(
            "POST",
            httpx.URL(scheme=url.scheme, host=str(address), port=url.port, raw_path=url.path.encode()),
            content=body,
            headers={
                "Host": url.authority,
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": _USER_AGENT,
                **headers,
            },
            extensions={} if url.ip_literal else {"sni_hostname": url.host},
        )
        return await self._client.send(request, stream=True)


async def _read_start(response: httpx.Response) -> tuple[str, bool]:
    """Read the first bytes of the response that come in a short while, as text that may be stored.

    Returns: the text, and whether there was more.
    """
    raw = b""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in response.aiter_raw():
                raw += chunk
                if len(raw) >= MAX_ANSWER_BYTES:
                    break
    with suppress(httpx.HTTPError, OSError):
        await response.aclose()
    text = raw[:MAX_ANSWER_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return text, len(raw) >= MAX_ANSWER_BYTES


def _status_error(code: int) -> str | None:
    if 200 <= code < 300:
        return None
    return "redirect" if 300 <= code < 400 else "status"


def _is_tls_error(error: BaseException) -> bool:
    """Return whether the connection failed at its certificate or its ciphers."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
