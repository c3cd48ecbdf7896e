"""Where a request comes from, and from which proxies that is believed."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from fastapi import Request


def get_client_address(request: Request) -> str:
    """The caller's network address, as the server (or the proxy that it trusts) reports it."""
    return request.client.host if request.client else ""


def list_trusted_hosts(networks: Iterable[IPv4Network | IPv6Network]) -> list[str]:
    """The proxies' networks for uvicorn's middleware; an IPv4 one also as a socket of both families sees it."""
    hosts = []
    for network in networks:
        hosts.append(str(network))
        if isinstance(network, IPv4Network):
            mapped = f"::ffff:{network.network_address}/{96 + network.prefixlen}"
            hosts.append(str(ip_network(mapped)))
    return hosts
