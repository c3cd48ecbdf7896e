"""Forged algorithms, signatures, shapes and sizes of tokens."""

import hashlib
import hmac
import json
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.auth.signer import (
    ABSENT,
    ORDER,
    NamedTokens,
    Signer,
    base64url,
    encode_json,
    public_jwk,
    signing_input,
)

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def forge_algorithms(signer: Signer) -> NamedTokens:
    some_signature = base64url(signer.signature("x"))
    for alg in ("none", "None", "nOnE", "NONE", ""):
        text = signing_input(signer.header(alg=alg), signer.claims())
        yield f"alg {alg!r} without signature", f"{text}."
        yield f"alg {alg!r} with a signature", f"{text}.{some_signature}"
        yield f"alg {alg!r} properly signed", signer.with_header(alg=alg)
    yield "alg missing", signer.with_header(alg=ABSENT)
    for other in (None, 256, True, ["ES256"], {"ES256": 1}, "es256", "ES256 ", "ES256K", "EdDSA", "PS256"):
        yield f"alg {other!r}", signer.with_header(alg=other)
    yield from _forge_key_confusions(signer)
    yield from _forge_other_curves(signer)


def _forge_key_confusions(signer: Signer) -> NamedTokens:
    """The public key, which everybody has, used as a shared secret."""
    public = signer.private.public_key()
    secrets = {
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "point": public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "JWK": encode_json(public_jwk(signer.private)),
        "empty": b"",
    }
    for name, secret in secrets.items():
        for alg, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
            text = signing_input(signer.header(alg=alg), signer.claims())
            mac = hmac.digest(secret, text.encode(), digest)
            yield f"{alg} keyed with public {name}", f"{text}.{base64url(mac)}"
    text = signing_input(signer.header(), signer.claims())
    mac = hmac.digest(secrets["PEM"], text.encode(), hashlib.sha512)
    yield "alg ES256 over an HMAC of the right length", f"{text}.{base64url(mac)}"


def _forge_other_curves(signer: Signer) -> NamedTokens:
    for alg, curve, size in (
        ("ES384", ec.SECP384R1(), 48),
        ("ES512", ec.SECP521R1(), 66),
        ("ES256", ec.SECP256R1(), 32),
    ):
        key = ec.generate_private_key(curve)
        text = signing_input(signer.header(alg=alg), signer.claims())
        r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(size, "big") + s.to_bytes(size, "big")
        yield f"{alg} of a stranger's key under our kid", f"{text}.{base64url(signature)}"
    text = signing_input(signer.header(alg="RS256"), signer.claims())
    key_rsa = rsa.generate_private_key(65537, 2048)
    yield "RS256", f"{text}.{base64url(key_rsa.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def forge_signatures(signer: Signer) -> NamedTokens:
    good = signer.sign_valid()
    text, _, part = good.rpartition(".")
    raw = signer.signature(text)
    r, s = raw[:32], raw[32:]
    yield "signature empty", f"{text}."
    yield "signature left off", text
    der = signer.private.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    yield "signature in DER", f"{text}.{base64url(der)}"
    yield "signature one byte short", f"{text}.{base64url(raw[:-1])}"
    yield "signature one byte long", f"{text}.{base64url(raw + bytes(1))}"
    yield "signature twice", f"{text}.{part}{part}"
    yield "signature halves swapped", f"{text}.{base64url(s + r)}"
    yield "signature one bit off", f"{text}.{base64url(bytes([raw[0] ^ 1]) + raw[1:])}"
    yield "signature of another token", f"{text}.{signer.sign_valid().rpartition('.')[2]}"
    n = ORDER.to_bytes(32, "big")
    for name, value in {
        "zero": bytes(64),
        "r zero": bytes(32) + s,
        "s zero": r + bytes(32),
        "r = n": n + s,
        "s = n": r + n,
        "r = s = n": n + n,
        "all ones": b"\xff" * 64,
    }.items():
        yield f"signature {name}", f"{text}.{base64url(value)}"
    other = signer.claims(sub=str(uuid4()))
    header, payload, _ = good.split(".")
    yield "payload exchanged", f"{header}.{base64url(encode_json(other))}.{part}"
    yield "header respelled", f"{base64url(json.dumps(signer.header()).encode())}.{payload}.{part}"


def forge_shapes(signer: Signer) -> NamedTokens:
    good = signer.sign_valid()
    header, payload, signature = good.split(".")
    yield "empty text", ""
    yield "dots only", ".."
    yield "header only", header
    yield "no header", f".{payload}.{signature}"
    yield "no payload", f"{header}..{signature}"
    yield "a fourth part", f"{good}.{signature}"
    yield "an empty fourth part", f"{good}."
    for name, header_of_jwe in {
        "JWE": {"alg": "dir", "enc": "A128GCM"},
        "zipped JWE": {"alg": "dir", "enc": "A128GCM", "zip": "DEF"},
    }.items():
        yield f"five parts, as a {name}", f"{base64url(encode_json(header_of_jwe))}..AAAA.{payload}.AAAA"
    yield "JSON serialisation", json.dumps({"protected": header, "payload": payload, "signature": signature})
    yield "the payload alone", encode_json(signer.claims()).decode()
    yield "nested in quotes", f'"{good}"'
    yield "scheme twice", f"Bearer {good}"
    yield "two tokens", f"{good},{good}"
    yield "padded signature", f"{good}=="
    yield "padded header", f"{header}=.{payload}.{signature}"
    yield "escaped", good.replace(".", "%2E")
    for name, space in (
        ("space", " "),
        ("tab", "\t"),
        ("newline", "\n"),
        ("NUL", "\x00"),
        ("no-break space", "\u00a0"),
    ):
        yield f"{name} in front", space + good
        yield f"{name} behind", good + space
        yield f"{name} inside", f"{header}.{payload[:9]}{space}{payload[9:]}.{signature}"
    yield "standard alphabet", _with_standard_alphabet(signer)
    yield "full-width dots", good.replace(".", "\uff0e")
    yield "full-width digits", good + "\uff11"
    yield "Cyrillic letter", good.replace("e", "\u0435", 1)
    yield "lone surrogate", good[:-1] + "\ud800"
    yield "signature with trailing bits", good[:-1] + ALPHABET[ALPHABET.index(good[-1]) + 1]
    yield "payload with trailing bits", _with_trailing_bits(signer)
    yield "an opaque token", "ar_" + "A" * 43


def _with_standard_alphabet(signer: Signer) -> str:
    while True:
        token = signer.sign_valid()
        if "-" in token or "_" in token:
            return token.replace("-", "+").replace("_", "/")


def _with_trailing_bits(signer: Signer) -> str:
    """The payload's last character carries bits that decoders drop; signed in that spelling."""
    claims = encode_json(signer.claims())
    payload = base64url(claims + b" " * (-len(claims) % 3 + 1))
    text = (
        f"{base64url(encode_json(signer.header()))}.{payload[:-1]}{ALPHABET[ALPHABET.index(payload[-1]) + 1]}"
    )
    return f"{text}.{base64url(signer.signature(text))}"


def forge_sizes(signer: Signer) -> NamedTokens:
    yield "one megabyte of claims", signer.with_claims(x="x" * 1_000_000)
    yield "one megabyte of dots", "." * 1_000_000
    yield "one megabyte of letters", "A" * 1_000_000
    yield "just over 2 KiB", signer.with_claims(x="x" * 1500)
    yield "10,000 levels of payload", signer.sign(signer.header(), b"[" * 10_000 + b"]" * 10_000)
    yield "10,000 levels of header", signer.sign(b"[" * 10_000 + b"]" * 10_000, signer.claims())
    yield "10,000 levels of objects", signer.sign(signer.header(), b'{"a":' * 10_000 + b"1" + b"}" * 10_000)
