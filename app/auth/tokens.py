"""Access tokens (mã truy cập): the only module that touches python-jose.

A token proves a session and nothing else; what the session may do is read from the database. It is a JWS of
three parts, ES256, `typ` at+jwt (RFC 9068), and is taken apart here in this order, each step before the next
one has anything to parse:

1. shape: at most 2 KiB of ASCII, three non-empty base64url parts without padding, the last of 64 bytes; each
   part is the canonical encoding of its bytes (asked when the part is first decoded);
2. header: a JSON object without duplicate names, exactly `alg` ES256, `typ` at+jwt and a `kid` of our form;
   jku, jwk, x5u, x5c, crit, b64, zip and everything else unknown is refused by being there;
3. key: by kid from our own table, a P-256 point that was constructed by us;
4. signature: `jose.jws.verify` with that one key;
5. claims: a JSON object without duplicate names, exactly the seven that `issue` writes, each of its type.

Why python-jose's known weaknesses do not matter. The key handed over is a `Key` object bound to ES256, so
neither the header's `alg` nor the form of the key material chooses a verifier (CVE-2024-33663), and nothing
is loaded from PEM, JWK or a list of keys. `jose.jwe` is never imported, and a token of five parts or with
`zip` fails step 1 or 2 (CVE-2024-33664). `jose.jwt.decode`, which lets absent and float claims through, is
not used. Depth and size are bounded by step 1, and whatever is raised below, RecursionError and UnicodeError
too, leaves here as InvalidToken.

ECDSA signatures are malleable: whoever holds a token can compute a second spelling (s → n − s) of the same
claims, and the standard wants both accepted. So nothing here or elsewhere may take the token's text as its
identity: revocation goes by session, and the two spellings are one session.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from jose import jws
from jose.backends.cryptography_backend import CryptographyECKey

from app.auth.errors import InvalidToken
from app.auth.keys.keystore import KeyStore, epoch_seconds
from app.auth.keys.signing_keys import ALGORITHM, LoadedSigningKey, NoSigningKey

TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - the name of a type
MAX_CHARACTERS: Final = 2048
LEEWAY_SECONDS: Final = 5
"""How far ahead the clock of another of our processes may be when it issues."""
CACHED_TOKENS: Final = 4096

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{1,512}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
_KID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEADERS: Final = frozenset({"alg", "kid", "typ"})
_CLAIMS: Final = frozenset({"iss", "aud", "exp", "iat", "sub", "sid", "jti"})


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a verified token.

    session_id: the login. subject: the user or API client. expires_at: epoch seconds. kid: who signed.
    """

    session_id: UUID
    subject: UUID
    expires_at: int
    kid: str


class AccessTokens:
    """Issues and verifies the tokens of one issuer for one audience.

    lifetime: seconds from issue to expiry, also the longest that is accepted. clock: seconds since 1970.
    """

    def __init__(
        self,
        keys: KeyStore,
        *,
        issuer: str,
        audience: str,
        lifetime: int,
        clock: Callable[[], float] = epoch_seconds,
    ) -> None:
        self.lifetime: Final = lifetime
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._cache: dict[bytes, tuple[LoadedSigningKey, Claims]] = {}

    async def issue(self, *, session_id: UUID, subject: UUID) -> str:
        """Issue a token for a session. Raises: NoSigningKey."""
        now = int(self._clock())
        key = await self.require_signing_key()
        assert key.private is not None  # noqa: S101 - required above
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "exp": now + self.lifetime,
            "iat": now,
            "sub": str(subject),
            "sid": str(session_id),
            "jti": str(uuid4()),
        }
        headers = {"typ": TOKEN_TYPE, "kid": key.kid}
        return jws.sign(claims, CryptographyECKey(key.private, ALGORITHM), headers, ALGORITHM)

    async def require_signing_key(self) -> LoadedSigningKey:
        """The key that signs now; asked before anything is written for whom a token is issued. Raises: NoSigningKey."""
        key = (await self._keys.current()).current_signing_key(self._clock())
        if key.private is None:
            raise NoSigningKey
        return key

    async def verify(self, token: str) -> Claims:
        """Verify a token and return its claims.

        Verified tokens are remembered by their SHA-256, up to CACHED_TOKENS; expiry and the key are asked
        again at every use. Raises: InvalidToken, for every other input; what reading the keys raises.
        """
        if len(token) > MAX_CHARACTERS or not token.isascii():
            raise InvalidToken
        digest = sha256(token.encode()).digest()
        cached = self._cache.get(digest)
        kid = cached[1].kid if cached else _read_kid(token)
        key = await self._keys.find(kid)
        if key is None:
            self._cache.pop(digest, None)
            raise InvalidToken
        if cached is None or cached[0] != key:
            cached = (key, self._verify_claims(token, key))
            self._store(digest, cached)
        if cached[1].expires_at <= self._clock():
            self._cache.pop(digest, None)
            raise InvalidToken
        return cached[1]

    def _verify_claims(self, token: str, key: LoadedSigningKey) -> Claims:
        try:
            for part in token.split("."):
                _decode_part(part)
            payload = jws.verify(token, CryptographyECKey(key.public, ALGORITHM), [ALGORITHM])
            return self._check_claims(_json_object(payload), key.kid)
        except Exception as error:
            raise InvalidToken from error

    def _check_claims(self, claims: dict[str, Any], kid: str) -> Claims:
        issued, expires = claims["iat"], claims["exp"]
        now = self._clock()
        if not (
            claims.keys() == _CLAIMS
            and claims["iss"] == self._issuer
            and claims["aud"] == self._audience
            and type(issued) is type(expires) is int
            and 0 < expires - issued <= self.lifetime
            and issued <= now + LEEWAY_SECONDS
        ):
            raise InvalidToken
        _parse_uuid(claims["jti"])
        return Claims(_parse_uuid(claims["sid"]), _parse_uuid(claims["sub"]), expires, kid)

    def _store(self, digest: bytes, entry: tuple[LoadedSigningKey, Claims]) -> None:
        if len(self._cache) >= CACHED_TOKENS:
            self._cache.pop(next(iter(self._cache)))
        self._cache[digest] = entry


def _read_kid(token: str) -> str:
    """Read the kid of a token's header. Raises: InvalidToken unless token and header have exactly our form."""
    if not _SHAPE.fullmatch(token):
        raise InvalidToken
    try:
        header = _json_object(_decode_part(token.partition(".")[0]))
        kid = header["kid"]
        is_valid = header.keys() == _HEADERS and header["alg"] == ALGORITHM and header["typ"] == TOKEN_TYPE
        if is_valid and isinstance(kid, str) and _KID.fullmatch(kid):
            return kid
    except Exception as error:
        raise InvalidToken from error
    raise InvalidToken


def _decode_part(part: str) -> bytes:
    """Decode a part. Raises: ValueError unless it is the canonical unpadded base64url of its bytes."""
    data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise ValueError("not canonical")
    return data


def _json_object(data: bytes) -> dict[str, Any]:
    """Raises: ValueError, RecursionError."""
    value = json.loads(
        data.decode(),
        object_pairs_hook=_unique_names,
        parse_constant=_refuse_number,
        parse_float=_refuse_number,
    )
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one kind of error for one kind of fault
    return value


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("duplicate name")
    return names


def _refuse_number(_: str) -> Any:
    raise ValueError("not an integer")


def _parse_uuid(text: object) -> UUID:
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise ValueError("not a UUID")
    return UUID(text)
