"""Egress checks (cổng ra): names are resolved and every address is checked before anything is sent.

The address that was checked is the one that is connected to, so that a name that resolves differently a moment later
(DNS rebinding) does no harm.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from app.core.errors import InvalidInput
from app.core.settings import Settings
from app.webhooks.sending.addresses import (
    AddressRefused,
    IpAddress,
    ParsedUrl,
    check_addresses,
    parse_endpoint_url,
)

ResolveHost = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns all addresses of a host. Raises: OSError when there are none."""

CHECK_SECONDS: Final = 2.0
_MESSAGES: Final = {
    "url": (
        "Địa chỉ không hợp lệ: chỉ dùng chữ không dấu, không có tên đăng nhập, mật khẩu hay dấu #.",
        "This is not a usable address: plain ASCII, without a user name, a password or a fragment.",
    ),
    "scheme": ("Cần địa chỉ https.", "An https address is needed."),
    "host": ("Tên máy chủ không hợp lệ.", "The host is not valid."),
    "port": ("Cổng này không được phép.", "This port is not allowed."),
    "address": (
        "Máy chủ này có địa chỉ nội bộ hoặc dành riêng, không được phép gửi tới.",
        "This host has a private or reserved address, to which nothing is sent.",
    ),
}

_resolvers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="resolve")
"""Threads of their own: a name that does not answer must not keep others from theirs."""


@dataclass(frozen=True, slots=True)
class ConnectTarget:
    """Where to connect for a URL: its addresses, all of them checked."""

    url: ParsedUrl
    addresses: tuple[IpAddress, ...]


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Resolve a name with the system's resolver. Raises: OSError."""

    def lookup() -> list[str]:
        records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in records))

    return await asyncio.get_running_loop().run_in_executor(_resolvers, lookup)


class EgressGuard:
    """Checks URLs against the operator's settings."""

    def __init__(self, settings: Settings, resolve_host_: ResolveHost = resolve_host) -> None:
        self._allow_http = settings.webhook_allow_http
        self._allowed = settings.webhook_allow_networks
        self._resolve = resolve_host_

    async def resolve_target(self, url: str) -> ConnectTarget:
        """Resolve where to connect for *url*, now. Raises: AddressRefused."""
        parsed = parse_endpoint_url(url, allow_http=self._allow_http)
        if parsed.ip_literal is not None:
            resolved: Sequence[str] = [str(parsed.ip_literal)]
        else:
            try:
                resolved = await self._resolve(parsed.host, parsed.port)
            except (OSError, UnicodeError):
                raise AddressRefused("unresolved") from None
        return ConnectTarget(parsed, check_addresses(parsed, resolved, self._allowed))

    async def check_url(self, url: str, pointer: str) -> None:
        """Check a URL that is to be saved. Raises: InvalidInput with the pointer.

        A name that does not resolve yet is accepted: it is checked again when something is sent.
        """
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self.resolve_target(url)
        except TimeoutError:
            return
        except AddressRefused as error:
            if error.reason != "unresolved":
                vi, en = _MESSAGES[error.reason]
                raise InvalidInput.at(pointer, f"webhook_{error.reason}", vi=vi, en=en) from None
