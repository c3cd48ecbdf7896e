"""Local secrets: created once, readable by their account alone, never half written."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.process.local_secrets import (
    SECRETS_FILE,
    SecretsExist,
    SecretsMissing,
    SecretsUnreadable,
    create_local_secrets,
    forget_local_secret_keys,
    load_local_secrets,
    replace_local_secret_key,
)


def test_made_once(tmp_path: Path) -> None:
    first = load_local_secrets(tmp_path / "new" / "data", data_exists=False)
    assert load_local_secrets(tmp_path / "new" / "data", data_exists=False) == first
    assert len(first.secret_key) >= 32
    assert first.app_password != first.secret_key
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == [SECRETS_FILE]


def test_closed_to_others(tmp_path: Path) -> None:
    load_local_secrets(tmp_path, data_exists=False)
    (tmp_path / SECRETS_FILE).chmod(0o644)
    load_local_secrets(tmp_path, data_exists=False)
    assert stat.S_IMODE((tmp_path / SECRETS_FILE).stat().st_mode) == 0o600


def test_missing_beside_data_is_refused_and_made_on_request_alone(tmp_path: Path) -> None:
    with pytest.raises(SecretsMissing, match="ansinh secrets create"):
        load_local_secrets(tmp_path, data_exists=True)
    assert list(tmp_path.iterdir()) == []
    created = create_local_secrets(tmp_path)
    secrets = load_local_secrets(tmp_path, data_exists=True)
    with pytest.raises(SecretsExist):
        create_local_secrets(tmp_path)
    assert load_local_secrets(tmp_path, data_exists=True) == secrets
    assert stat.S_IMODE(created.stat().st_mode) == 0o600


def test_the_key_is_replaced_and_the_old_ones_forgotten(tmp_path: Path) -> None:
    first = load_local_secrets(tmp_path, data_exists=False)
    content = (tmp_path / SECRETS_FILE).read_text()
    assert json.loads(content).keys() == {"app_password", "secret_key"}, "as the release before reads it"
    keys = [first.secret_key]
    for _ in range(2):
        file = replace_local_secret_key(tmp_path)
        present = load_local_secrets(tmp_path, data_exists=True)
        assert present.secret_key not in keys
        assert present.secret_key_before == tuple(reversed(keys))
        assert present.app_password == first.app_password
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        keys.append(present.secret_key)
    forget_local_secret_keys(tmp_path)
    assert load_local_secrets(tmp_path, data_exists=True) == replace(present, secret_key_before=())
    assert json.loads((tmp_path / SECRETS_FILE).read_text()).keys() == {"app_password", "secret_key"}
    assert [path.name for path in tmp_path.iterdir()] == [SECRETS_FILE]


def test_what_is_not_there_is_not_replaced(tmp_path: Path) -> None:
    for command in (replace_local_secret_key, forget_local_secret_keys):
        with pytest.raises(SecretsMissing):
            command(tmp_path)
    assert list(tmp_path.iterdir()) == []


_GOOD: dict[str, object] = {"app_password": "x" * 32, "secret_key": "y" * 32}
_WRONG: tuple[object, ...] = (None, 7, [], {}, True, "")
_WRONG_LISTS: tuple[object, ...] = (None, "x" * 32, {}, 7, ["short"], [7])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"x"',
        '{"app_password": "x"}',
        json.dumps({"a": 1, "b": 2}),
        *(json.dumps(_GOOD | {"secret_key": value}) for value in _WRONG),
        *(json.dumps(_GOOD | {"app_password": value}) for value in _WRONG),
        json.dumps(_GOOD | {"secret_key": "short"}),
        json.dumps(_GOOD | {"more": "z"}),
        *(json.dumps(_GOOD | {"secret_key_before": value}) for value in _WRONG_LISTS),
        "[" * 100_000,
    ],
    ids=lambda content: content[:40],
)
def test_damaged_is_told_and_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / SECRETS_FILE).write_text(content)
    with pytest.raises(SecretsUnreadable, match=SECRETS_FILE):
        load_local_secrets(tmp_path, data_exists=False)
    assert (tmp_path / SECRETS_FILE).read_text() == content


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(SecretsUnreadable, match=SECRETS_FILE):
        load_local_secrets(tmp_path, data_exists=False)


def test_the_words_do_not_repeat_them(tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_text('{"app_password": "very-secret-word", ')
    with pytest.raises(SecretsUnreadable) as exc_info:
        load_local_secrets(tmp_path, data_exists=False)
    assert "very-secret-word" not in str(exc_info.value)
