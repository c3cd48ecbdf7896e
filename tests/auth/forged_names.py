"""Forged names of headers and claims: more than an honest server signs, the right ones spelled otherwise, or twice."""

import base64
import hashlib
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from tests.auth.signer import ABSENT, ORDER, NamedTokens, Signer, base64url, encode_json

_MORE_CLAIMS: Final[dict[str, Any]] = {
    "nbf": 1,
    "scope": "members:read",
    "scp": ["members:read"],
    "permissions": ["*"],
    "roles": ["union_admin"],
    "groups": ["bhxh"],
    "network": "bhxh",
    "admin": True,
    "act": {"sub": "bhxh"},
    "may_act": {"sub": "bhxh"},
    "azp": "ansinh",
    "client_id": "partner",
    "cnf": {"jkt": "A" * 43},
    "auth_time": 1,
    "acr": "urn:mace:incommon:iap:silver",
    "amr": ["otp"],
    "nonce": "n",
    "email": "a@example.org",
    "__proto__": {"admin": True},
    "": "",
}
"""Claims that other servers believe; ours puts none of them in, so that it can believe none."""

_MORE_HEADERS: Final[dict[str, Any]] = {
    "kty": "EC",
    "use": "sig",
    "x5t#S256": "A" * 43,
    "url": "https://example.org/",
    "nonce": "n",
    "epk": {"kty": "EC"},
    "apu": "AAAA",
    "p2c": 2_000_000_000,
    "iv": "AAAA",
    "tag": "AAAA",
    "svt": ["AAAA"],
    "iss": "https://example.org",
    "": "",
}


def forge_names(signer: Signer) -> NamedTokens:
    header, claims = signer.header(), signer.claims()
    for name, value in _MORE_CLAIMS.items():
        yield f"also the claim {name!r}", signer.with_claims(**{name: value})
    for name, value in _MORE_HEADERS.items():
        yield f"also the header {name!r}", signer.with_header(**{name: value})
    for name, value in claims.items():
        yield f"claim {name} in capitals", signer.with_claims(**{name: ABSENT, name.upper(): value})
        yield f"claim {name} in capitals beside it", signer.with_claims(**{name.upper(): value})
        yield f"claim {name} after a space", signer.with_claims(**{name: ABSENT, f" {name}": value})
        yield f"claim {name} twice", signer.sign(header, _with_twice(claims, name))
    for name, value in header.items():
        yield f"header {name} in capitals", signer.with_header(**{name: ABSENT, name.upper(): value})
        yield f"header {name} in capitals beside it", signer.with_header(**{name.upper(): value})
        yield f"header {name} twice, alike", signer.sign(_with_twice(header, name), claims)
    yield "header and claims exchanged", signer.sign(claims, header)
    yield "all of it in the header", signer.sign(header | claims, claims)
    yield "all of it in the claims", signer.sign(header, header | claims)


def _with_twice(values: dict[str, Any], name: str) -> bytes:
    """An object in which a name stands twice, with its right value both times."""
    return encode_json({name: values[name]})[:-1] + b"," + encode_json(values)[1:]


def forge_other_signatures(signer: Signer) -> NamedTokens:
    """Signatures by the server's own key, of something else or written otherwise."""
    text = signer.sign_valid().rpartition(".")[0]
    header, _, payload = text.partition(".")
    raw = signer.signature(text)
    for name, at in {"last of r": 31, "first of s": 32, "last of s": 63}.items():
        changed = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])
        yield f"signature one bit off, in the {name}", f"{text}.{base64url(changed)}"
    yield "signature with r for s", f"{text}.{base64url(raw[:32] * 2)}"
    yield "signature r = s = 1", f"{text}.{base64url((bytes(31) + bytes([1])) * 2)}"
    yield "signature s = n - 1", f"{text}.{base64url(raw[:32] + (ORDER - 1).to_bytes(32, 'big'))}"
    yield "signature little-endian", f"{text}.{base64url(raw[31::-1] + raw[:31:-1])}"
    yield "signature in hexadecimal digits", f"{text}.{raw.hex()}"
    yield "signature encoded twice", f"{text}.{base64url(base64url(raw).encode())}"
    yield "signature in base64 with padding", f"{text}.{base64.b64encode(raw).decode()}"
    for name, part in {
        "the header": header,
        "the payload": payload,
        "both without their dot": header + payload,
        "both and a dot behind": f"{text}.",
        "the payload before the header": f"{payload}.{header}",
        "nothing": "",
    }.items():
        yield f"signature of {name}", f"{text}.{base64url(signer.signature(part))}"
    for name, algorithm in {"SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}.items():
        yield f"signature by {name}", f"{text}.{_sign(signer, text.encode(), ec.ECDSA(algorithm))}"
    twice = hashlib.sha256(hashlib.sha256(text.encode()).digest()).digest()
    yield (
        "signature of a digest's digest",
        f"{text}.{_sign(signer, twice, ec.ECDSA(Prehashed(hashes.SHA256())))}",
    )


def _sign(signer: Signer, data: bytes, algorithm: ec.ECDSA) -> str:
    r, s = decode_dss_signature(signer.private.sign(data, algorithm))
    return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
