"""Local secrets: created once, readable by their account alone, never half written."""

import json
import stat
from pathlib import Path

import pytest

from app.core.process.local_secrets import SECRETS_FILE, SecretsUnreadable, load_local_secrets


def test_made_once(tmp_path: Path) -> None:
    first = load_local_secrets(tmp_path / "new" / "data")
    assert load_local_secrets(tmp_path / "new" / "data") == first
    assert len(first.secret_key) >= 32
    assert first.app_password != first.secret_key
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == [SECRETS_FILE]


def test_closed_to_others(tmp_path: Path) -> None:
    load_local_secrets(tmp_path)
    (tmp_path / SECRETS_FILE).chmod(0o644)
    load_local_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / SECRETS_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", '{"app_password": "x"}', json.dumps({"a": 1, "b": 2})])
def test_damaged_is_told_and_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / SECRETS_FILE).write_text(content)
    with pytest.raises(SecretsUnreadable, match=SECRETS_FILE):
        load_local_secrets(tmp_path)
    assert (tmp_path / SECRETS_FILE).read_text() == content


def test_the_words_do_not_repeat_them(tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_text('{"app_password": "very-secret-word", ')
    with pytest.raises(SecretsUnreadable) as exc_info:
        load_local_secrets(tmp_path)
    assert "very-secret-word" not in str(exc_info.value)
