"""Access tokens: which are accepted and refused, and that the cache changes neither."""

import json
from base64 import urlsafe_b64decode
from uuid import uuid4

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jws
from jose.backends.base import Key

from app.auth import tokens as module
from app.auth.errors import InvalidToken
from app.auth.keys.keystore import KeyStore
from app.auth.keys.signing_keys import KeyRow, KeySet, generate_key, plan_key_rotation, unseal_private_key
from app.auth.tokens import LEEWAY_SECONDS, AccessTokens, Claims
from tests.auth.conftest import AUDIENCE, ISSUER, LIFETIME, SECRET, START, Clock, KeyTable, to_datetime
from tests.auth.forged_signatures import forge_sizes
from tests.auth.forgeries import KINDS, Forgery, build_forgeries
from tests.auth.signer import ORDER, Signer, base64url, encode_json

ROW = generate_key(SECRET, to_datetime(START - 1))
SIGNER = Signer(unseal_private_key(ROW, SECRET), ROW.kid, ISSUER, AUDIENCE, LIFETIME, START)
CORPUS = build_forgeries(SIGNER)
OVERSIZED = [Forgery(name, token) for name, token in forge_sizes(SIGNER)]


def _make_reader(clock: Clock | None = None) -> AccessTokens:
    clock = clock or Clock()
    store = KeyStore(KeyTable([ROW]).fetch, SECRET, clock=clock, monotonic=clock)
    return AccessTokens(store, issuer=ISSUER, audience=AUDIENCE, lifetime=LIFETIME, clock=clock)


class TestForgeries:
    def test_the_corpus_has_every_kind(self):
        assert len({forgery.token for forgery in CORPUS}) == len(CORPUS) == KINDS

    @pytest.mark.parametrize("forgery", CORPUS, ids=lambda forgery: forgery.name)
    async def test_is_refused(self, forgery: Forgery):
        with pytest.raises(InvalidToken):
            await _make_reader().verify(forgery.token)

    async def test_the_same_signer_is_believed_when_honest(self):
        claims = SIGNER.claims()
        verified = await _make_reader().verify(SIGNER.sign(SIGNER.header(), claims))
        assert (str(verified.session_id), str(verified.subject)) == (claims["sid"], claims["sub"])
        assert (verified.expires_at, verified.kid) == (claims["exp"], ROW.kid)

    async def test_an_honest_clock_may_be_a_little_ahead(self):
        await _make_reader().verify(
            SIGNER.with_claims(iat=START + LEEWAY_SECONDS, exp=START + LEEWAY_SECONDS + 1)
        )
        with pytest.raises(InvalidToken):
            await _make_reader().verify(
                SIGNER.with_claims(iat=START + LEEWAY_SECONDS + 1, exp=START + LIFETIME)
            )

    async def test_every_refusal_looks_the_same(self):
        problems = set()
        for forgery in CORPUS:
            with pytest.raises(InvalidToken) as exc_info:
                await _make_reader().verify(forgery.token)
            error = exc_info.value
            problems.add((error.status, error.code, error.detail_vi, error.detail_en, str(error.headers)))
        assert len(problems) == 1

    @pytest.mark.parametrize("forgery", OVERSIZED, ids=lambda forgery: forgery.name)
    async def test_a_long_text_is_not_even_taken_apart(
        self, forgery: Forgery, monkeypatch: pytest.MonkeyPatch
    ):
        parsed: list[object] = []
        monkeypatch.setattr(module, "_json_object", parsed.append)
        with pytest.raises(InvalidToken):
            await _make_reader().verify(forgery.token)
        assert parsed == []


class TestIssue:
    async def test_is_a_typed_token_of_three_parts(self, tokens: AccessTokens, key_row: KeyRow):
        session_id, subject = uuid4(), uuid4()
        token = await tokens.issue(session_id=session_id, subject=subject)
        header, payload = (json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
        assert header == {"alg": "ES256", "typ": "at+jwt", "kid": key_row.kid}
        assert payload.pop("jti")
        assert payload == {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": START + LIFETIME,
            "iat": START,
            "sub": str(subject),
            "sid": str(session_id),
        }
        assert await tokens.verify(token) == Claims(session_id, subject, START + LIFETIME, key_row.kid)

    async def test_two_tokens_of_one_session_differ(self, tokens: AccessTokens):
        session_id, subject = uuid4(), uuid4()
        first, second = [await tokens.issue(session_id=session_id, subject=subject) for _ in range(2)]
        assert first != second

    async def test_lives_exactly_its_lifetime(self, tokens: AccessTokens, clock: Clock):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        clock.now = START + LIFETIME - 0.001
        await tokens.verify(token)
        clock.now = START + LIFETIME
        with pytest.raises(InvalidToken):
            await tokens.verify(token)

    async def test_both_spellings_of_a_signature_are_one_session(self, tokens: AccessTokens):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        text, _, part = token.rpartition(".")
        raw = urlsafe_b64decode(part + "==")
        other = ORDER - int.from_bytes(raw[32:], "big")
        twin = f"{text}.{base64url(raw[:32] + other.to_bytes(32, 'big'))}"
        assert twin != token
        assert await tokens.verify(twin) == await tokens.verify(token)


class TestRemembering:
    """The cache saves checking the signature again and decides nothing."""

    @pytest.fixture
    def checks(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        problems: list[str] = []
        real = jws.verify

        def counted(token: str, key: Key, algorithms: list[str]) -> bytes:
            problems.append(token)
            return real(token, key, algorithms)

        monkeypatch.setattr(jws, "verify", counted)
        return problems

    async def test_the_signature_is_checked_once(self, tokens: AccessTokens, checks: list[str]):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        assert await tokens.verify(token) == await tokens.verify(token)
        assert checks == [token]

    async def test_a_remembered_token_still_expires(
        self, tokens: AccessTokens, clock: Clock, checks: list[str]
    ):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        await tokens.verify(token)
        clock.now += LIFETIME
        for _ in range(2):
            with pytest.raises(InvalidToken):
                await tokens.verify(token)

    async def test_a_remembered_token_ends_with_its_key(
        self, tokens: AccessTokens, key_table: KeyTable, clock: Clock
    ):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        await tokens.verify(token)
        key_table.retire(key_table.rows[0].kid, clock.now)
        clock.now += module.LEEWAY_SECONDS + 60
        for _ in range(2):
            with pytest.raises(InvalidToken):
                await tokens.verify(token)

    async def test_a_remembered_token_ends_when_its_key_is_deleted(
        self, tokens: AccessTokens, key_table: KeyTable, clock: Clock
    ):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        await tokens.verify(token)
        key_table.rows.clear()
        clock.now += 60
        with pytest.raises(InvalidToken):
            await tokens.verify(token)

    async def test_another_key_of_the_same_name_is_another_key(
        self, tokens: AccessTokens, key_table: KeyTable, clock: Clock, checks: list[str]
    ):
        token = await tokens.issue(session_id=uuid4(), subject=uuid4())
        await tokens.verify(token)
        fresh = generate_key(SECRET, to_datetime(START - 1))
        (old,) = key_table.rows
        key_table.rows = [
            KeyRow(old.kid, "ES256", fresh.public_jwk, fresh.sealed_private, fresh.active_from, None)
        ]
        clock.now += 60
        with pytest.raises(InvalidToken):
            await tokens.verify(token)
        assert len(checks) == 2

    async def test_a_refused_token_is_not_remembered(self, tokens: AccessTokens, signer: Signer):
        token = signer.with_claims(aud="other")
        for _ in range(2):
            with pytest.raises(InvalidToken):
                await tokens.verify(token)
        assert not tokens._cache

    async def test_it_is_bounded(
        self, tokens: AccessTokens, monkeypatch: pytest.MonkeyPatch, checks: list[str]
    ):
        monkeypatch.setattr(module, "CACHED_TOKENS", 3)
        several = [await tokens.issue(session_id=uuid4(), subject=uuid4()) for _ in range(5)]
        for token in several:
            await tokens.verify(token)
        assert len(tokens._cache) == 3
        await tokens.verify(several[0])
        assert checks.count(several[0]) == 2


class TestRotation:
    async def test_no_good_token_is_refused_at_any_moment(self, key_table: KeyTable, clock: Clock):
        """Two processes whose lists are of different age issue for each other through two rotations."""
        readers = []
        for _ in range(2):
            store = KeyStore(key_table.fetch, SECRET, clock=clock, monotonic=clock)
            readers.append(
                AccessTokens(store, issuer=ISSUER, audience=AUDIENCE, lifetime=LIFETIME, clock=clock)
            )
            await store.current()
            clock.now += 17
        alive: list[tuple[float, str]] = []
        signed_by: set[str] = set()
        for step in range(400):
            clock.now += 7
            if step in (50, 220):
                plan = plan_key_rotation(SECRET, LIFETIME, to_datetime(clock.now))
                for row in key_table.rows:
                    if row.retired_at is None:
                        key_table.retire(row.kid, plan.retired_at.timestamp())
                key_table.rows.append(plan.new)
            issuer, verifier = readers if step % 2 else reversed(readers)
            token = await issuer.issue(session_id=uuid4(), subject=uuid4())
            alive = [(until, old) for until, old in alive if until > clock.now] + [
                (clock.now + LIFETIME - 1, token)
            ]
            for _, old in alive:
                signed_by.add((await verifier.verify(old)).kid)
        assert len(signed_by) == 3
        assert len(KeySet.from_rows(key_table.rows, SECRET).jwks(clock.now)["keys"]) == 1


def _mutate_token(token: str, draw: st.DataObject) -> str:
    characters = st.sampled_from("AZaz09-_.=+/ \n\x00é\u0661\ud800")
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(token)))
        cut = draw.draw(st.integers(0, 3))
        token = token[:at] + draw.draw(st.text(characters, max_size=3)) + token[at + cut :]
    return token


class TestFuzz:
    @settings(deadline=None)
    @given(st.data())
    def test_a_mutation_is_refused_or_says_the_same(self, data: st.DataObject):
        reader, good = _make_reader(), SIGNER.sign_valid()
        mutated = _mutate_token(good, data)
        expected = anyio.run(reader.verify, good)
        try:
            claims = anyio.run(_make_reader().verify, mutated)
        except InvalidToken:
            return
        assert claims == expected

    @settings(deadline=None)
    @given(st.text(max_size=3000))
    def test_any_text_is_refused(self, text: str):
        with pytest.raises(InvalidToken):
            anyio.run(_make_reader().verify, text)

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
        ),
        st.sampled_from(["iss", "aud", "exp", "iat", "sub", "sid", "jti", "alg", "kid", "typ"]),
    )
    def test_any_value_of_any_name_is_refused(self, value: object, name: str):
        header, claims = SIGNER.header(), SIGNER.claims()
        (header if name in header else claims)[name] = value
        with pytest.raises(InvalidToken):
            anyio.run(_make_reader().verify, SIGNER.sign(encode_json(header), encode_json(claims)))
