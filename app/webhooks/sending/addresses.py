"""Rules for the addresses that webhooks may be sent to: public ones, and those that the operator allows. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

MAX_URL_LENGTH: Final = 2000
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
            "168.63.129.16/32",  # a cloud's own services at a public address
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
_IPV4_IN_IPV6: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4 in IPv6: mapped, and translated by NAT64; both reach the IPv4 address of their last 32 bits."""

_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_URL_CHARACTERS = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+")
"""ASCII without spaces, quotes, angle brackets, backslashes and others that programs parse differently."""


class AddressRefused(Exception):
    """The address must not be sent to. reason: `url`, `scheme`, `host`, `port`, `address` or `unresolved`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """The parts of a URL: host in lower case without brackets, path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def ip_literal(self) -> IpAddress | None:
        """Return the host as an IP address where it is one, in its canonical spelling."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """Return the value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def parse_endpoint_url(url: str, *, allow_http: bool) -> ParsedUrl:
    """Parse a URL strictly. Raises: AddressRefused."""
    if len(url) > MAX_URL_LENGTH or not _URL_CHARACTERS.fullmatch(url):
        raise AddressRefused("url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("url") from None
    if parts.scheme not in (("https", "http") if allow_http else ("https",)):
        raise AddressRefused("scheme")
    if "#" in url or "@" in parts.netloc:
        raise AddressRefused("url")
    if port == 0:
        raise AddressRefused("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return ParsedUrl(
        parts.scheme, _parse_host(parts.hostname, parts.netloc), port or _default_port(parts.scheme), path
    )


def is_public(address: IpAddress) -> bool:
    """Return whether the address, or the IPv4 address inside it, is one of the public internet."""
    address = unmap_ipv4(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return (
        address.scope_id is None
        and address in _PUBLIC_6
        and not any(address in network for network in _NOT_PUBLIC_6)
    )


def unmap_ipv4(address: IpAddress) -> IpAddress:
    """Return the IPv4 address inside an IPv6 one that reaches it, else the address itself."""
    if isinstance(address, IPv6Address) and any(address in network for network in _IPV4_IN_IPV6):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def check_addresses(
    url: ParsedUrl, resolved: Iterable[str], allowed: tuple[IpNetwork, ...]
) -> tuple[IpAddress, ...]:
    """Check that every address of a host may be sent to, and return them. Raises: AddressRefused."""
    addresses = tuple(map(ip_address, resolved))
    if not addresses:
        raise AddressRefused("unresolved")
    for address in addresses:
        if _is_allowed(address, allowed):
            continue
        if not is_public(address):
            raise AddressRefused("address")
        if url.port not in (HTTPS_PORTS if url.scheme == "https" else HTTP_PORTS):
            raise AddressRefused("port")
    return addresses


def _is_allowed(address: IpAddress, allowed: tuple[IpNetwork, ...]) -> bool:
    unmapped = unmap_ipv4(address)
    return any(unmapped in network for network in allowed)


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _parse_host(host: str | None, netloc: str) -> str:
    """Parse a host name or an address in its canonical spelling. Raises: AddressRefused."""
    if not host or "%" in host:
        raise AddressRefused("host")
    try:
        if netloc.startswith("["):
            return str(IPv6Address(host))
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError:
        raise AddressRefused("host") from None
    if not _HOST_NAME.fullmatch(host):
        raise AddressRefused("host")
    return host.rstrip(".")
