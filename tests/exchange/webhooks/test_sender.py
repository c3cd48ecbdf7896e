"""One attempt at a real receiver: what it is told, what is made of its answer, and where nothing goes."""

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
from app.exchange.webhooks.gate import Gate
from app.exchange.webhooks.sender import ANSWER_BYTES, Sender
from tests.exchange.webhooks.receiver import Receiver, receiving

HERE = Settings(webhook_allow_http=True, webhook_allow_networks="127.0.0.0/8,::1/128")
HEADERS = {"webhook-id": "1"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(Gate(HERE), seconds=0.5) as made:
        yield made


class TestAnswers:
    @pytest.mark.parametrize(
        ("what", "code", "error"),
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
        self, receiver: Receiver, sender: Sender, what: str, code: int | None, error: str | None
    ):
        receiver.script["/x"].append(what)
        answer = await sender.post(receiver.url("/x"), HEADERS, b"{}")
        assert (answer.code, answer.error) == (code, error)
        assert answer.gone == (code == 410)
        assert len(receiver.got) == 1  # a redirect is not followed, a failure not repeated here
        assert answer.duration_ms < 1500

    @pytest.mark.parametrize("what", ["drip body", "endless"])
    async def test_a_body_is_bounded_in_time_and_size(self, receiver: Receiver, sender: Sender, what: str):
        receiver.script["/x"].append(what)
        began = time.monotonic()
        answer = await sender.post(receiver.url("/x"), HEADERS, b"{}")
        assert time.monotonic() - began < 2
        assert answer.error is None
        assert 0 < len(answer.text) <= ANSWER_BYTES

    async def test_bytes_that_cannot_be_stored(self, receiver: Receiver, sender: Sender):
        receiver.script["/x"].append("zeros")
        assert (await sender.post(receiver.url("/x"), HEADERS, b"{}")).text == "a\ufffd\ufffdb"

    async def test_what_is_sent(self, receiver: Receiver, sender: Sender, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        await sender.post(receiver.url("/a?b=c%20d"), HEADERS, '{"x":"Đ"}'.encode())
        message = receiver.got[0]
        assert (message.path, message.told) == ("/a?b=c%20d", {"x": "Đ"})
        assert message.headers["host"] == f"127.0.0.1:{receiver.port}"
        assert message.headers["content-type"] == "application/json"
        assert message.headers["webhook-id"] == "1"
        assert "cookie" not in message.headers


class TestConnections:
    async def test_nobody_there(self, sender: Sender):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            answer = await sender.post(f"http://127.0.0.1:{bound.getsockname()[1]}/", HEADERS, b"{}")
        assert (answer.code, answer.error) == (None, "connect")

    async def test_refused_addresses_are_not_connected_to(self, receiver: Receiver):
        async with Sender(Gate(Settings(webhook_allow_http=True)), seconds=0.5) as sender:
            answer = await sender.post(receiver.url("/x"), HEADERS, b"{}")
        assert (answer.code, answer.error) == (None, "refused_address")
        assert receiver.got == []

    async def test_a_name_that_answers_differently_the_next_moment(self, receiver: Receiver):
        """The name is asked once, and what was looked at is what is connected to."""
        asked: list[str] = []

        async def rebinding(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

        async with Sender(Gate(HERE, rebinding), seconds=0.5) as sender:
            first = await sender.post(receiver.url("/x", "partner.example"), HEADERS, b"{}")
            second = await sender.post(receiver.url("/x", "partner.example"), HEADERS, b"{}")
        assert (first.error, second.error) == (None, "refused_address")
        assert asked == ["partner.example"] * 2
        assert [message.headers["host"] for message in receiver.got] == [f"partner.example:{receiver.port}"]

    async def test_the_next_address_is_tried_when_the_first_does_not_answer(self, receiver: Receiver):
        async def two(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.2", "127.0.0.1"]

        async with Sender(Gate(HERE, two), seconds=2) as sender:
            assert (await sender.post(receiver.url("/x", "two.example"), HEADERS, b"{}")).error is None

    async def test_a_name_that_never_answers_ends_in_time(self):
        async def silent(_host: str, _port: int) -> Sequence[str]:
            await asyncio.sleep(60)
            return []

        async with Sender(Gate(HERE, silent), seconds=0.2) as sender:
            assert (await sender.post("https://silent.example/", HEADERS, b"{}")).error == "timeout"


def certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate for these names and addresses, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    hosts = [x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names]
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


class TestTls:
    async def sent(
        self, folder: Path, names: tuple[str, ...], host: str, *, trusted: bool = True
    ) -> str | None:
        cert, key = certificate(folder, *names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        asked: list[str | None] = []
        context.sni_callback = lambda _socket, name, _context: asked.append(name)

        async def here(_host: str, _port: int) -> Sequence[str]:
            return ["127.0.0.1"]

        trust = ssl.create_default_context(cafile=str(cert)) if trusted else None
        async with (
            receiving(context) as receiver,
            Sender(Gate(HERE, here), seconds=3, context=trust) as sender,
        ):
            error = (await sender.post(receiver.url("/x", host), HEADERS, b"{}")).error
            assert len(receiver.got) == (error is None)
        assert asked == [host if not host[0].isdigit() else None]
        return error

    async def test_the_certificate_must_bear_the_name_not_the_address(self, folder: Path):
        assert await self.sent(folder, ("partner.example",), "partner.example") is None
        assert await self.sent(folder, ("127.0.0.1",), "partner.example") == "tls"
        assert await self.sent(folder, ("other.example",), "partner.example") == "tls"

    async def test_of_an_address_the_address(self, folder: Path):
        assert await self.sent(folder, ("127.0.0.1",), "127.0.0.1") is None

    async def test_strangers_are_not_trusted(self, folder: Path):
        assert await self.sent(folder, ("partner.example",), "partner.example", trusted=False) == "tls"
