"""Forged headers and claims that an honest server would never sign, signed with its key."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from tests.auth.signer import ABSENT, NamedTokens, Signer, encode_json, public_jwk


def forge_headers(signer: Signer) -> NamedTokens:
    thief = ec.generate_private_key(ec.SECP256R1())
    own = public_jwk(thief)
    forger = replace(signer, private=thief)
    yield "jwk of a stranger, signed by them", forger.with_header(jwk=own)
    yield "jwk of a stranger, no kid", forger.with_header(jwk=own, kid=ABSENT)
    for name, value in {
        "jwk": public_jwk(signer.private),
        "jku": "https://example.org/jwks.json",
        "x5u": "https://example.org/cert.pem",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
        "crit": ["exp"],
        "b64": False,
        "zip": "DEF",
        "cty": "JWT",
        "enc": "A128GCM",
        "exp": 1,
    }.items():
        yield f"header {name}", signer.with_header(**{name: value})
    yield "header b64 false, named in crit", signer.with_header(b64=False, crit=["b64"])
    yield "typ missing", signer.with_header(typ=ABSENT)
    for typ in ("JWT", "jwt", "id_token", "AT+JWT", "at+jwt ", "application/at+jwt", None, 1, ["at+jwt"]):
        yield f"typ {typ!r}", signer.with_header(typ=typ)


def forge_kids(signer: Signer) -> NamedTokens:
    yield "kid missing", signer.with_header(kid=ABSENT)
    for name, kid in {
        "empty": "",
        "unknown": "unknown",
        "traversal": "../../../../dev/null",
        "SQL": "' OR '1'='1",
        "SQL drop": "x'; DROP TABLE signing_key; --",
        "ours and newline": signer.kid + "\n",
        "ours and NUL": signer.kid + "\x00",
        "ours in other case": signer.kid.swapcase() + "_",
        "format": "%s{0}",
        "huge": "k" * 360,
        "null": None,
        "zero": 0,
        "true": True,
        "float": 1.5,
        "array": [signer.kid],
        "object": {"kid": signer.kid},
        "foreign digit": "\u0661",
        "lone surrogate": "\ud800",
    }.items():
        yield f"kid {name}", signer.with_header(kid=kid)


def forge_issuers(signer: Signer) -> NamedTokens:
    for name, good in (("iss", signer.issuer), ("aud", signer.audience)):
        yield f"{name} missing", signer.with_claims(**{name: ABSENT})
        like: tuple[Any, ...] = (
            None,
            "",
            "other",
            good + "/",
            good.upper(),
            f" {good}",
            [good],
            {good: 1},
            [],
            1,
        )
        for value in like:
            yield f"{name} {value!r}", signer.with_claims(**{name: value})


def forge_times(signer: Signer) -> NamedTokens:
    now, life = signer.now, signer.lifetime
    for name, value in (("exp", now + life), ("iat", now)):
        yield f"{name} missing", signer.with_claims(**{name: ABSENT})
        numbers = (float(value), -value, 0, 10**30, float("nan"), float("inf"), float("-inf"))
        others: tuple[Any, ...] = (None, str(value), True, False, [value], {})
        for wrong in others + numbers:
            kind = f"{type(wrong).__name__} {wrong!r}".replace(str(value), "<right>")
            yield f"{name} as {kind}", signer.with_claims(**{name: wrong})
    yield "expired by 1 s", signer.with_claims(exp=now - 1, iat=now - 1 - life)
    yield "expired this second", signer.with_claims(exp=now, iat=now - life)
    yield "exp before iat", signer.with_claims(exp=now + 1, iat=now + 2)
    yield "exp equal to iat", signer.with_claims(exp=now + 1, iat=now + 1)
    yield "lives one second too long", signer.with_claims(exp=now + life + 1)
    yield "lives for years", signer.with_claims(exp=now + 10**9)
    yield "issued in the future", signer.with_claims(iat=now + 7200, exp=now + 7200 + life)
    yield "issued in milliseconds", signer.with_claims(iat=now * 1000, exp=(now + life) * 1000)
    yield "nbf in the future", signer.with_claims(nbf=now + 7200)
    yield "exp of 900 digits", _with_long_exp(signer, 900)


def _with_long_exp(signer: Signer, count: int) -> str:
    claims = encode_json(signer.claims()).replace(str(signer.now + signer.lifetime).encode(), b"9" * count)
    return signer.sign(signer.header(), claims)


def forge_subjects(signer: Signer) -> NamedTokens:
    good = "0b5c1a52-7d0e-4f3a-9c1d-2e8f6a7b9c0d"
    for name in ("sub", "sid", "jti"):
        yield f"{name} missing", signer.with_claims(**{name: ABSENT})
        near = (good[:-1], good + "0", good.replace("-", ""), f"{{{good}}}", f"urn:uuid:{good}", f" {good}")
        far = ("", "admin", "' OR 1=1 --", good + "\n", "A" + good[1:], good[:-1] + "\u0661", "\ud800" * 36)
        for value in (None, 7, True, [good], {"id": good}, *near, *far):
            yield f"{name} as {value!r}", signer.with_claims(**{name: value})


def forge_json_texts(signer: Signer) -> NamedTokens:
    header, claims = encode_json(signer.header()), encode_json(signer.claims())
    inner = claims[1:-1]
    payloads = {
        "empty": b"",
        "not an object": b"[]",
        "a string": b'"' + inner.replace(b'"', b"") + b'"',
        "null": b"null",
        "a number": b"1",
        "cut short": claims[:-1],
        "followed by text": claims + b"x",
        "twice": claims + claims,
        "with a byte-order mark": b"\xef\xbb\xbf" + claims,
        "not UTF-8": claims[:-1] + b',"x":"\xff\xfe"}',
        "UTF-16": claims.decode().encode("utf-16"),
        "UTF-8 surrogates": claims[:-1] + b',"x":"\xed\xa0\x80"}',
        "overlong NUL": claims[:-1] + b',"x":"\xc0\x80"}',
        "raw NUL": claims + b"\x00",
        "sub twice": b'{"sub":"' + str(uuid4()).encode() + b'",' + inner + b"}",
        "exp twice": b"{" + inner + b',"exp":' + str(signer.now + 1).encode() + b"}",
        "exp twice by escape": b"{" + inner + b',"\\u0065xp":1}',
        "single quotes": claims.replace(b'"', b"'"),
        "comment": b"{/**/" + inner + b"}",
        "trailing comma": b"{" + inner + b",}",
        "extra claim": b"{" + inner + b',"scope":"*"}',
        "extra NaN": b"{" + inner + b',"x":NaN}',
        "deep": b"[" * 700 + b"]" * 700,
        "object deep": b'{"a":' * 250 + b"1" + b"}" * 250,
    }
    for name, payload in payloads.items():
        yield f"payload {name}", signer.sign(header, payload)
    inner_header = header[1:-1]
    headers = {
        "not an object": b"[]",
        "null": b"null",
        "not UTF-8": header[:-1] + b',"x":"\xff"}',
        "byte-order mark": b"\xef\xbb\xbf" + header,
        "alg twice": b'{"alg":"none",' + inner_header + b"}",
        "kid twice": b"{" + inner_header + b',"kid":"other"}',
        "deep": b"[" * 190 + b"]" * 190,
        "random": b"\x00\x01\x02",
    }
    for name, value in headers.items():
        yield f"header {name}", signer.sign(value, claims)
