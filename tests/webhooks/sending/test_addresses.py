"""Where the server does not send: addresses in every spelling, and URLs that programs read in different ways."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from app.core.errors import InvalidInput
from app.core.settings import Settings
from app.webhooks.sending.addresses import AddressRefused, is_public, parse_endpoint_url
from app.webhooks.sending.egress import EgressGuard, resolve_host

NOT_PUBLIC = [
    "0.0.0.1", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff05::2",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "198.17.0.1",
    "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
]  # fmt: skip

REFUSED = {
    # the loopback address in the spellings that C libraries and browsers understand
    "https://127.0.0.1/": "address",
    "https://127.1/": "host",
    "https://127.0.1/": "host",
    "https://2130706433/": "host",
    "https://0x7f000001/": "host",
    "https://0x7f.0.0.1/": "host",
    "https://0177.0.0.1/": "host",
    "https://017700000001/": "host",
    "https://127.0.0.01/": "host",
    "https://127.0.0.1./": "host",
    "https://0/": "host",
    "https://0.0.0.0/": "address",
    "https://[::1]/": "address",
    "https://[::]/": "address",
    "https://[0:0:0:0:0:0:0:1]/": "address",
    "https://[::ffff:127.0.0.1]/": "address",
    "https://[::ffff:7f00:1]/": "address",
    "https://[64:ff9b::7f00:1]/": "address",
    "https://[fe80::1%25eth0]/": "host",
    "https://[fe80::1%eth0]/": "host",
    "https://[v1.x]/": "host",
    "https://[::1/": "url",
    "https://169.254.169.254/latest/meta-data/": "address",
    "https://[fd00:ec2::254]/": "address",
    "https://10.0.0.1/": "address",
    "https://192.168.1.1:8443/": "address",
    "https://１２７.0.0.1/": "url",
    "https://127。0。0。1/": "url",
    "https://ⓛocalhost/": "url",
    # which host is contacted, and by what name
    "https://user:secret@example.org/": "url",
    "https://example.org@127.0.0.1/": "url",
    "https://example.org#@127.0.0.1/": "url",
    "https://example.org\\@127.0.0.1/": "url",
    "https://exa mple.org/": "url",
    "https://example.org/\r\nX: 1": "url",
    "https://example.org/\x00": "url",
    "https://example.org/{a}": "url",
    "https:///x": "host",
    "https:example.org": "host",
    "https://-a.org/": "host",
    "https://a..org/": "host",
    "https://exa%6dple.org/": "host",
    "http://example.org/": "scheme",
    "ftp://example.org/": "scheme",
    "file:///etc/passwd": "scheme",
    "gopher://example.org/": "scheme",
    "//example.org/": "scheme",
    "example.org": "scheme",
    "": "url",
    "https://example.org:0/": "port",
    "https://example.org:22/": "port",
    "https://example.org:5432/": "port",
    "https://example.org:80/": "port",
    "https://example.org:99999/": "url",
    "https://example.org/" + "a" * 2000: "url",
}
"""URLs and why they are refused; example.org stands for a host with a public address."""


async def public(_host: str, _port: int) -> Sequence[str]:
    return ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


async def refusal_of(gate: EgressGuard, url: str) -> str:
    try:
        await gate.resolve_target(url)
    except AddressRefused as refused:
        return refused.reason
    return ""


class TestAddresses:
    @pytest.mark.parametrize("text", NOT_PUBLIC)
    def test_not_public(self, text: str):
        assert not is_public(ip_address(text))

    @pytest.mark.parametrize("text", PUBLIC)
    def test_public(self, text: str):
        assert is_public(ip_address(text))


class TestGate:
    @pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:60].encode("unicode_escape").decode())
    async def test_refuses(self, url: str):
        assert await refusal_of(EgressGuard(Settings(), public), url) == REFUSED[url]

    @pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:60].encode("unicode_escape").decode())
    async def test_names_the_field_at_creation(self, url: str):
        with pytest.raises(InvalidInput) as exc_info:
            await EgressGuard(Settings(), public).check_url(url, "/url")
        assert [(error.pointer, error.code) for error in exc_info.value.errors] == [
            ("/url", f"webhook_{REFUSED[url]}")
        ]

    @pytest.mark.parametrize(
        "url",
        [
            "https://example.org",
            "https://EXAMPLE.org./a/b?c=d&e=%20",
            "https://example.org:8443/",
            "https://1.1.1.1/x",
            "https://[2606:4700::1111]/",
            "https://xn--hi-ea8a.vn/",
        ],
    )
    async def test_lets_through(self, url: str):
        assert await refusal_of(EgressGuard(Settings(), public), url) == ""

    @pytest.mark.parametrize("text", NOT_PUBLIC)
    async def test_one_bad_address_of_a_name_is_enough(self, text: str):
        async def mixed(_host: str, _port: int) -> Sequence[str]:
            return ["93.184.215.14", text]

        assert await refusal_of(EgressGuard(Settings(), mixed), "https://example.org/") == "address"

    @pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost."])
    async def test_names_of_this_machine(self, name: str):
        assert await refusal_of(EgressGuard(Settings(), resolve_host), f"https://{name}/") == "address"

    async def test_a_name_that_does_not_resolve_waits_for_later(self):
        async def nobody(_host: str, _port: int) -> Sequence[str]:
            raise OSError

        gate = EgressGuard(Settings(), nobody)
        await gate.check_url("https://not-yet.example.org/", "/url")
        assert await refusal_of(gate, "https://not-yet.example.org/") == "unresolved"

    async def test_what_the_operator_allows(self):
        settings = Settings(webhook_allow_http=True, webhook_allow_networks="127.0.0.0/8, fd00::/8")
        gate = EgressGuard(settings, public)
        for url in ("http://127.0.0.1:9/", "https://[::ffff:127.0.0.1]:1234/", "http://[fd00::1]/"):
            assert await refusal_of(gate, url) == ""
        for url in ("http://10.0.0.1/", "https://[::1]/", "http://169.254.169.254/"):
            assert await refusal_of(gate, url) == "address"
        assert await refusal_of(gate, "http://example.org:25/") == "port"
        assert await refusal_of(gate, "http://example.org:8080/") == ""

    def test_the_setting_is_read_from_the_environment(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("ANSINH_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8,10.1.0.0/16")
        assert [str(one) for one in Settings().webhook_allow_networks] == ["127.0.0.0/8", "10.1.0.0/16"]


class TestPlace:
    def test_parts(self):
        place = parse_endpoint_url("https://Example.ORG:8443/a?b=c", allow_http=False)
        assert (place.host, place.port, place.path) == ("example.org", 8443, "/a?b=c")
        assert place.authority == "example.org:8443"
        assert parse_endpoint_url("https://example.org", allow_http=False).authority == "example.org"
        assert parse_endpoint_url("http://[2001:db8:0::1]:80/", allow_http=True).authority == "[2001:db8::1]"
