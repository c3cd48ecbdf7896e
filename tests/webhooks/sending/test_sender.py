"""One attempt at a real receiver: what is sent, how its response is read, and where nothing is sent."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.settings import Settings
from app.webhooks.sending.egress import EgressGuard
from app.webhooks.sending.sender import MAX_ANSWER_BYTES, WebhookSender
from tests.webhooks.receiver import Receiver, run_receiver

HERE = Settings(webhook_allow_http=True, webhook_allow_networks="127.0.0.0/8,::1/128")
HEADERS = {"webhook-id": "1"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with run_receiver() as created:
        yield created


@pytest.fixture
async def sender() -> AsyncIterator[WebhookSender]:
    async with WebhookSender(EgressGuard(HERE), seconds=0.5) as created:
        yield created


class TestAnswers:
    @pytest.mark.parametrize(
        ("behaviour", "code", "error"),
        [
            ("ok", 200, None),
            ("twice", 200, None),
            ("zeros", 200, None),
            ("fail", 500, "status"),
            ("gone", 410, "status"),
            ("later", 503, "status"),
            ("redirect", 302, "redirect"),
            ("drop", None, "dropped"),
            ("nonsense", None, "dropped"),
            ("hang", None, "timeout"),
            ("drip head", None, "timeout"),
        ],
    )
    async def test_what_is_made_of_them(
        self, receiver: Receiver, sender: WebhookSender, behaviour: str, code: int | None, error: str | None
    ):
        receiver.behaviours["/x"].append(behaviour)
        result = await sender.post(receiver.url("/x"), HEADERS, b"{}")
        assert (result.code, result.error) == (code, error)
        assert result.gone == (code == 410)
        assert len(receiver.messages) == 1  # a redirect is not followed, a failure not repeated here
        assert result.duration_ms < 1500

    @pytest.mark.parametrize("behaviour", ["drip body", "endless"])
    async def test_a_body_is_bounded_in_time_and_size(
        self, receiver: Receiver, sender: WebhookSender, behaviour: str
    ):
        receiver.behaviours["/x"].append(behaviour)
        began = time.monotonic()
        response = await sender.post(receiver.url("/x"), HEADERS, b"{}")
        assert time.monotonic() - began < 2
        assert response.error is None
        assert 0 < len(response.text) <= MAX_ANSWER_BYTES

    async def test_bytes_that_cannot_be_stored(self, receiver: Receiver, sender: WebhookSender):
        receiver.behaviours["/x"].append("zeros")
        assert (await sender.post(receiver.url("/x"), HEADERS, b"{}")).text == "a\ufffd\ufffdb"

    async def test_what_is_sent(
        self, receiver: Receiver, sender: WebhookSender, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        await sender.post(receiver.url("/a?b=c%20d"), HEADERS, '{"x":"Đ"}'.encode())
        message = receiver.messages[0]
        assert (message.path, message.payload) == ("/a?b=c%20d", {"x": "Đ"})
        assert message.headers["host"] == f"127.0.0.1:{receiver.port}"
        assert message.headers["content-type"] == "application/json"
        assert message.headers["webhook-id"] == "1"
        assert "cookie" not in message.headers


class TestConnections:
    async def test_nobody_there(self, sender: WebhookSender):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            result = await sender.post(f"http://127.0.0.1:{bound.getsockname()[1]}/", HEADERS, b"{}")
        assert (result.code, result.error) == (None, "connect")

    async def test_refused_addresses_are_not_connected_to(self, receiver: Receiver):
        async with WebhookSender(EgressGuard(Settings(webhook_allow_http=True)), seconds=0.5) as sender:
            result = await sender.post(receiver.url("/x"), HEADERS, b"{}")
        assert (result.code, result.error) == (None, "refused_address")
        assert receiver.messages == []

    async def test_a_name_that_answers_differently_the_next_moment(self, receiver: Receiver):
        """The name is resolved once, and the address that was checked is the one connected to."""
        lookups: list[str] = []

        async def rebinding(host: str, _port: int) -> Sequence[str]:
            lookups.append(host)
            return ["127.0.0.1"] if len(lookups) == 1 else ["10.0.0.1"]

        async with WebhookSender(EgressGuard(HERE, rebinding), seconds=0.5) as sender:
            first = await sender.post(receiver.url("/x", "partner.example"), HEADERS, b"{}")
            second = await sender.post(receiver.url("/x", "partner.example"), HEADERS, b"{}")
        assert (first.error, second.error) == (None, "refused_address")
        assert lookups == ["partner.example"] * 2
        assert [message.headers["host"] for message in receiver.messages] == [
            f"partner.example:{receiver.port}"
        ]

    async def test_the_next_address_is_tried_when_the_first_does_not_answer(self, receiver: Receiver):
        async def two(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.2", "127.0.0.1"]

        async with WebhookSender(EgressGuard(HERE, two), seconds=2) as sender:
            assert (await sender.post(receiver.url("/x", "two.example"), HEADERS, b"{}")).error is None

    async def test_a_name_that_never_answers_ends_in_time(self):
        async def silent(_host: str, _port: int) -> Sequence[str]:
            await asyncio.sleep(60)
            return []

        async with WebhookSender(EgressGuard(HERE, silent), seconds=0.2) as sender:
            assert (await sender.post("https://silent.example/", HEADERS, b"{}")).error == "timeout"


def make_certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate for these names and addresses, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    hosts = [x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names]
    today = datetime.now(UTC)
    created = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(created.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


class TestTls:
    async def send_over_tls(
        self, folder: Path, names: tuple[str, ...], host: str, *, trusted: bool = True
    ) -> str | None:
        cert, key = make_certificate(folder, *names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        lookups: list[str | None] = []
        context.sni_callback = lambda _socket, name, _context: lookups.append(name)

        async def here(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        trust = ssl.create_default_context(cafile=str(cert)) if trusted else None
        async with (
            run_receiver(context) as receiver,
            WebhookSender(EgressGuard(HERE, here), seconds=3, context=trust) as sender,
        ):
            error = (await sender.post(receiver.url("/x", host), HEADERS, b"{}")).error
            assert len(receiver.messages) == (error is None)
        assert lookups == [host if not host[0].isdigit() else None]
        return error

    async def test_the_certificate_must_bear_the_name_not_the_address(self, folder: Path):
        assert await self.send_over_tls(folder, ("partner.example",), "partner.example") is None
        assert await self.send_over_tls(folder, ("127.0.0.1",), "partner.example") == "tls"
        assert await self.send_over_tls(folder, ("other.example",), "partner.example") == "tls"

    async def test_of_an_address_the_address(self, folder: Path):
        assert await self.send_over_tls(folder, ("127.0.0.1",), "127.0.0.1") is None

    async def test_strangers_are_not_trusted(self, folder: Path):
        assert (
            await self.send_over_tls(folder, ("partner.example",), "partner.example", trusted=False) == "tls"
        )
