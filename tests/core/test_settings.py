"""Secret keys as an operator writes them."""

import json

import pytest
from pydantic import ValidationError

from app.core.settings import Settings

A, B, C = ("a" * 32, "b" * 32, 'c,["đ' * 8)


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"ANSINH_SECRET_KEY{name}", value)
    return Settings()


class TestSecretKeys:
    @pytest.mark.parametrize(
        ("before", "expected"),
        [
            ("", ()),
            ("[]", ()),
            (A, (A,)),
            (f"{A},{B}", (A, B)),
            (f" {A} , {B} , ", (A, B)),
            (json.dumps([A, C]), (A, C)),
        ],
    )
    def test_those_of_before(
        self, monkeypatch: pytest.MonkeyPatch, before: str, expected: tuple[str, ...]
    ) -> None:
        settings = read(monkeypatch, **{"": C, "_BEFORE": before})
        assert settings.secret_key_before == expected
        assert settings.secret_keys == tuple(dict.fromkeys((C, *expected)))

    def test_the_current_one_is_the_first_and_each_is_there_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = read(monkeypatch, **{"": A, "_NEXT": B, "_BEFORE": json.dumps([C, A, B])})
        assert settings.secret_keys == (A, B, C)

    def test_without_a_current_one_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("ANSINH_SECRET_KEY", raising=False)
        assert read(monkeypatch, _BEFORE=A).secret_keys == ()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("_NEXT", "short-key"),
            ("_BEFORE", "short-key"),
            ("_BEFORE", f"{A},short-key"),
            ("_BEFORE", '["' + "broken" * 9),
            ("_BEFORE", '["short-key"]'),
            ("_BEFORE", "[7]"),
            ("_BEFORE", "[" * 100_000),
        ],
        ids=lambda text: text[:12],
    )
    def test_wrong_ones_are_refused_without_being_repeated(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            read(monkeypatch, **{"": A, name: value})
        told = [error["msg"] for error in caught.value.errors()]
        assert not any("short-key" in text or "broken" in text for text in told)
