"""Which addresses the server may send to: public ones, and those that the operator allows. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL: Final = 2000
HTTPS_PORTS: Final = frozenset({443, 8443})
HTTP_PORTS: Final = frozenset({80, 8080})
"""Ports of public addresses; in a network that the operator allows, every port."""

_NOT_PUBLIC_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carriers' NAT, and a cloud's metadata
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's own services under a public number
            "169.254.0.0/16",  # link-local, and clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols, Teredo
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)
_MAPPED: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4 in IPv6: mapped, and translated by NAT64; both reach the IPv4 address of their last 32 bits."""

_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_READABLE = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")
"""ASCII without spaces, quotes, angles, backslashes and the like, which programs read in different ways."""


class Refused(Exception):
    """An address that is not sent to. why: `url`, `scheme`, `host`, `port`, `address` or `unresolved`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL points: host in lower case without brackets, path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The host where it is an address by itself, in its one right spelling."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def place_of(url: str, *, allow_http: bool) -> Place:
    """The parts of a URL, which is read strictly. Raises: Refused."""
    if len(url) > LONGEST_URL or not _READABLE.fullmatch(url):
        raise Refused("url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("url") from None
    if parts.scheme not in (("https", "http") if allow_http else ("https",)):
        raise Refused("scheme")
    if "#" in url or "@" in parts.netloc:
        raise Refused("url")
    if port == 0:
        raise Refused("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, _host(parts.hostname, parts.netloc), port or _default(parts.scheme), path)


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet, in whichever of its forms."""
    address = plain(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return (
        address.scope_id is None
        and address in _PUBLIC_6
        and not any(address in network for network in _NOT_PUBLIC_6)
    )


def plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that reaches it, else the address itself."""
    if isinstance(address, IPv6Address) and any(address in network for network in _MAPPED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def check_addresses(place: Place, found: Iterable[str], allowed: tuple[Network, ...]) -> tuple[Address, ...]:
    """All the addresses of a host, once every one of them may be sent to. Raises: Refused."""
    addresses = tuple(map(ip_address, found))
    if not addresses:
        raise Refused("unresolved")
    for address in addresses:
        if _within(address, allowed):
            continue
        if not is_public(address):
            raise Refused("address")
        if place.port not in (HTTPS_PORTS if place.scheme == "https" else HTTP_PORTS):
            raise Refused("port")
    return addresses


def _within(address: Address, allowed: tuple[Network, ...]) -> bool:
    inner = plain(address)
    return any(inner in network for network in allowed)


def _default(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _host(host: str | None, netloc: str) -> str:
    """A name, or an address in its one right spelling. Raises: Refused."""
    if not host or "%" in host:
        raise Refused("host")
    try:
        if netloc.startswith("["):
            return str(IPv6Address(host))
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError:
        raise Refused("host") from None
    if not _NAME.fullmatch(host):
        raise Refused("host")
    return host.rstrip(".")
