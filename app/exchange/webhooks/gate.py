"""The gate (cổng ra): names are resolved and every address is looked at before anything is sent.

The address that was looked at is the one that is connected to, so that a name that answers differently the next
moment (DNS rebinding) changes nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from app.core.errors import InvalidInput
from app.core.settings import Settings
from app.exchange.webhooks.addresses import Address, Place, Refused, check_addresses, place_of

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all the addresses of a host. Raises: OSError when there are none."""

AT_CREATION_SECONDS: Final = 2.0
_WORDS: Final = {
    "url": (
        "Địa chỉ không hợp lệ: chỉ dùng chữ không dấu, không có tên đăng nhập, mật khẩu hay dấu #.",
        "This is not a usable address: plain ASCII, without a user name, a password or a fragment.",
    ),
    "scheme": ("Cần địa chỉ https.", "An https address is needed."),
    "host": ("Tên máy chủ không hợp lệ.", "The host is not valid."),
    "port": ("Cổng này không được phép.", "This port is not allowed."),
    "address": (
        "Máy chủ này có địa chỉ nội bộ hoặc dành riêng, không được phép gửi tới.",
        "This host has a private or reserved address, which is not sent to.",
    ),
}

_resolvers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="resolve")
"""Threads of their own: a name that does not answer must not keep others from theirs."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect for a place: its addresses, all of them looked at."""

    place: Place
    addresses: tuple[Address, ...]


async def resolve(host: str, port: int) -> Sequence[str]:
    """The system's answer for a name. Raises: OSError."""

    def ask() -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    return await asyncio.get_running_loop().run_in_executor(_resolvers, ask)


class Gate:
    """What the operator's settings let through."""

    def __init__(self, settings: Settings, resolve: Resolve = resolve) -> None:
        self._allow_http = settings.webhook_allow_http
        self._allowed = settings.webhook_allow_networks
        self._resolve = resolve

    async def open(self, url: str) -> Target:
        """Where to connect for *url*, now. Raises: Refused."""
        place = place_of(url, allow_http=self._allow_http)
        if place.literal is not None:
            found: Sequence[str] = [str(place.literal)]
        else:
            try:
                found = await self._resolve(place.host, place.port)
            except (OSError, UnicodeError):
                raise Refused("unresolved") from None
        return Target(place, check_addresses(place, found, self._allowed))

    async def admit(self, url: str, pointer: str) -> None:
        """Refuse a URL that could never be sent to. A name that does not resolve yet is looked at again when
        something is sent. Raises: InvalidInput with the pointer."""
        try:
            async with asyncio.timeout(AT_CREATION_SECONDS):
                await self.open(url)
        except TimeoutError:
            return
        except Refused as refused:
            if refused.why != "unresolved":
                vi, en = _WORDS[refused.why]
                raise InvalidInput.at(pointer, f"webhook_{refused.why}", vi=vi, en=en) from None
