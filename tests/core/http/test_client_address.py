"""Forwarded addresses and schemes are believed from configured proxies alone."""

from ipaddress import ip_network

import httpx
import pytest
from fastapi import FastAPI, Request

from app.core.http.parameters.client_address import get_client_address, list_trusted_hosts
from app.core.settings import Settings
from app.main import create_app

PROXY, INNER_PROXY, STRANGER = "10.1.2.3", "10.1.2.4", "198.51.100.7"


async def ask(application: FastAPI, peer: str, headers: list[tuple[str, str]]) -> tuple[str, bool]:
    """What the application takes for the caller's address, and whether it takes the connection for TLS."""
    transport = httpx.ASGITransport(application, client=(peer, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get("/address", headers=headers)
    return response.json(), "strict-transport-security" in response.headers


def make_application(settings: Settings, proxies: str) -> FastAPI:
    changed = Settings.model_validate(settings.model_dump() | {"trusted_proxies": proxies})
    application = create_app(changed)

    async def address(request: Request) -> str:
        return get_client_address(request)

    application.add_api_route("/address", address)
    return application


FORWARDED = [
    ("X-Forwarded-For", "203.0.113.9"),
    ("X-Forwarded-Proto", "https"),
    ("Forwarded", "for=203.0.113.8"),
]


class TestUntrusted:
    @pytest.mark.parametrize("peer", ["127.0.0.1", "::1", PROXY, STRANGER])
    async def test_nobody_is_believed_unless_configured(self, settings: Settings, peer: str):
        assert await ask(make_application(settings, ""), peer, FORWARDED) == (peer, False)

    async def test_a_stranger_is_not_believed_beside_a_proxy(self, settings: Settings):
        assert await ask(make_application(settings, "10.0.0.0/8"), STRANGER, FORWARDED) == (STRANGER, False)


class TestTrusted:
    @pytest.fixture
    def application(self, settings: Settings) -> FastAPI:
        return make_application(settings, "10.0.0.0/8, 2001:db8::/32")

    @pytest.mark.parametrize("peer", [PROXY, "2001:db8::1", f"::ffff:{PROXY}"])
    async def test_a_proxy_is_believed(self, application: FastAPI, peer: str):
        assert await ask(application, peer, FORWARDED) == ("203.0.113.9", True)

    @pytest.mark.parametrize(
        ("chain", "expected"),
        [
            ([f"1.1.1.1, {STRANGER}"], STRANGER),
            ([f"1.1.1.1, {STRANGER}, {INNER_PROXY}"], STRANGER),
            ([f"{INNER_PROXY}, {STRANGER}"], STRANGER),
            (["1.1.1.1", STRANGER], STRANGER),
            ([f"{STRANGER}:4711"], STRANGER),
            (["[2001:db9::7]:4711"], "2001:db9::7"),
            (["1.1.1.1, not an address"], "not an address"),
        ],
    )
    async def test_what_a_caller_writes_before_the_proxy_does_not_count(
        self, application: FastAPI, chain: list[str], expected: str
    ):
        headers = [("X-Forwarded-For", hop) for hop in chain]
        assert (await ask(application, PROXY, headers))[0] == expected

    async def test_forwarded_of_rfc_7239_is_not_read(self, application: FastAPI):
        assert await ask(application, PROXY, [("Forwarded", "for=203.0.113.8;proto=https")]) == (PROXY, False)

    @pytest.mark.parametrize("scheme", ["http", "javascript", ""])
    async def test_only_https_is_tls(self, application: FastAPI, scheme: str):
        assert not (await ask(application, PROXY, [("X-Forwarded-Proto", scheme)]))[1]


class TestSetting:
    @pytest.mark.parametrize("value", ["proxy.example", "10.0.0.0/33", "10.0.0.1/8", "*"])
    def test_names_and_wrong_networks_are_refused(self, value: str):
        with pytest.raises(ValueError, match="trusted_proxies"):
            Settings(trusted_proxies=value)

    def test_a_network_is_known_by_both_families(self):
        assert list_trusted_hosts([ip_network("10.0.0.0/8"), ip_network("fd00::/8")]) == [
            "10.0.0.0/8",
            "::ffff:a00:0/104",
            "fd00::/8",
        ]
