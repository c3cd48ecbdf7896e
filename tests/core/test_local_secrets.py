"""What the machine keeps: made once, readable by its account alone, never half written."""

import json
import stat
from pathlib import Path

import pytest

from app.core.local_secrets import FILE, SecretsUnreadable, local_secrets


def test_made_once(tmp_path: Path) -> None:
    first = local_secrets(tmp_path / "new" / "data")
    assert local_secrets(tmp_path / "new" / "data") == first
    assert len(first.secret_key) >= 32
    assert first.app_password != first.secret_key
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == [FILE]


def test_closed_to_others(tmp_path: Path) -> None:
    local_secrets(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    local_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", '{"app_password": "x"}', json.dumps({"a": 1, "b": 2})])
def test_damaged_is_told_and_kept(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(SecretsUnreadable, match=FILE):
        local_secrets(tmp_path)
    assert (tmp_path / FILE).read_text() == content


def test_the_words_do_not_repeat_them(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"app_password": "very-secret-word", ')
    with pytest.raises(SecretsUnreadable) as told:
        local_secrets(tmp_path)
    assert "very-secret-word" not in str(told.value)
