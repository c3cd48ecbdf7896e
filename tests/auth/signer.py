"""A signer that holds the server's own key and signs any token, as the strongest forger could."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n of P-256."""
ABSENT: Final = object()
"""As the value of a header or claim: leave it out."""

NamedTokens = Iterator[tuple[str, str]]
"""Forged tokens, each after its name."""


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def encode_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def signing_input(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The two parts of a token that its signature covers."""
    return f"{base64url(encode_json(header))}.{base64url(encode_json(claims))}"


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The public half as a JWK without a name."""
    point = key.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


@dataclass(frozen=True)
class Signer:
    """Signs anything with a key that the server trusts.

    now: epoch seconds at which the server will look. session_id, subject: of a living session, so that
    nothing but the forgery is wrong with a token; without them every token has its own.
    """

    private: ec.EllipticCurvePrivateKey
    kid: str
    issuer: str
    audience: str
    lifetime: int
    now: int
    session_id: str | None = None
    subject: str | None = None

    def header(self, **changes: Any) -> dict[str, Any]:
        return _with_changes({"alg": "ES256", "kid": self.kid, "typ": "at+jwt"}, changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        valid = {
            "iss": self.issuer,
            "aud": self.audience,
            "exp": self.now + self.lifetime,
            "iat": self.now,
            "sub": self.subject or str(uuid4()),
            "sid": self.session_id or str(uuid4()),
            "jti": str(uuid4()),
        }
        return _with_changes(valid, changes)

    def signature(self, text: str) -> bytes:
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign(self, header: bytes | dict[str, Any], payload: bytes | dict[str, Any]) -> str:
        text = ".".join(
            base64url(part if isinstance(part, bytes) else encode_json(part)) for part in (header, payload)
        )
        return f"{text}.{base64url(self.signature(text))}"

    def sign_valid(self) -> str:
        return self.sign(self.header(), self.claims())

    def with_header(self, **changes: Any) -> str:
        return self.sign(self.header(**changes), self.claims())

    def with_claims(self, **changes: Any) -> str:
        return self.sign(self.header(), self.claims(**changes))


def _with_changes(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**values, **changes}.items() if value is not ABSENT}
