"""Codes of authenticator apps and recovery codes, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pyotp import TOTP

from app.auth.keys.sealing import UnreadableValue
from app.auth.second_factors import (
    RECOVERY_CODES,
    FactorKeys,
    build_uri,
    find_step,
    generate_recovery_codes,
    generate_secret,
    is_recovery_code,
    normalise_code,
)

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
KEYS = FactorKeys(("a secret of thirty-two letters or more",))
USER, OTHER = UUID(int=1), UUID(int=2)


class TestCodes:
    @pytest.mark.parametrize(
        ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
    )
    def test_are_those_of_rfc_6238(self, seconds: int, code: str):
        """Appendix B, SHA-1, the last six of its eight digits."""
        assert find_step(SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30

    @pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_count_one_step_aside(self, steps: int, counts: bool):
        at = datetime(2026, 11, 29, 8, 0, 15, tzinfo=UTC)
        code = TOTP(SECRET).at(at + timedelta(seconds=30 * steps))
        expected = int(at.timestamp()) // 30 + steps if counts else None
        assert find_step(SECRET, code, at) == expected

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "28708x", "２８７０８２", "-87082", " 287082"])
    def test_other_texts_are_none(self, code: str):
        assert find_step(SECRET, code, datetime.fromtimestamp(59, UTC)) is None

    def test_secrets_differ_and_have_160_bits(self):
        secrets = {generate_secret() for _ in range(20)}
        assert len(secrets) == 20
        assert {len(secret) for secret in secrets} == {32}

    def test_an_app_reads_who_and_where(self):
        uri = build_uri(SECRET, "phunu.hatinh")
        assert uri.startswith("otpauth://totp/An%20Sinh:phunu.hatinh?secret=" + SECRET)


class TestSealing:
    def test_opens_with_the_same_key_for_the_same_user_alone(self):
        sealed = KEYS.seal_secret(USER, SECRET)
        assert SECRET.encode() not in sealed
        assert KEYS.unseal(USER, sealed).secret == SECRET
        others = FactorKeys(("another secret of thirty-two letters",))
        for keys, user, data in ((KEYS, OTHER, sealed), (others, USER, sealed), (KEYS, USER, sealed[:-1])):
            with pytest.raises(UnreadableValue):
                keys.unseal(user, data)


class TestRecoveryCodes:
    def test_ten_of_140_bits_in_groups_of_four(self):
        codes = generate_recovery_codes()
        assert len(set(codes)) == RECOVERY_CODES
        assert all(is_recovery_code(code) and len(normalise_code(code)) == 28 for code in codes)
        assert {len(code) for code in codes} == {34}

    def test_those_of_16_letters_go_on_opening(self):
        assert is_recovery_code("ABCD-EFGH-IJKL-MNOP")

    def test_are_read_however_they_are_written(self):
        code = generate_recovery_codes()[0]
        loose = code.lower().replace("-", " ")
        assert is_recovery_code(loose)
        factor, other = (KEYS.unseal(user, KEYS.seal_secret(user, SECRET)) for user in (USER, OTHER))
        assert factor.hash_recovery_code(loose) == factor.hash_recovery_code(code)
        assert other.hash_recovery_code(code) != factor.hash_recovery_code(code)

    @pytest.mark.parametrize(
        "text", ["123456", "", "ABCD-EFGH-IJKL", "ABCD-EFGH-IJKL-MN01", "A" * 17, "A" * 29]
    )
    def test_other_texts_are_none(self, text: str):
        assert not is_recovery_code(text)
