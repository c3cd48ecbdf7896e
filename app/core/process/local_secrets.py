"""The secrets of this machine: `<data_dir>/secrets.json`, mode 0600, made on the first start."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.halt import FatalError

SECRETS_FILE = "secrets.json"


class SecretsUnreadable(FatalError):
    """The file exists but cannot be read or is damaged."""


@dataclass(frozen=True)
class LocalSecrets:
    """app_password: of the application's database role; secret_key: seals signing keys and cursors."""

    app_password: str
    secret_key: str


def load_local_secrets(data_dir: Path) -> LocalSecrets:
    """Load the secrets, or make them if there are none; whole and on disk before anything uses them.

    Raises: SecretsUnreadable
    """
    path = data_dir / SECRETS_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _write(path, LocalSecrets(secrets.token_urlsafe(32), secrets.token_urlsafe(48)))
    try:
        path.chmod(0o600)
        return LocalSecrets(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise SecretsUnreadable(
            f"{path}: không đọc được / cannot be read ({type(error).__name__})"
        ) from error


def _write(path: Path, values: LocalSecrets) -> None:
    """Write atomically: the first of two writers wins, and an interrupted write leaves no file of that name."""
    draft = path.with_name(f"{SECRETS_FILE}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(values), file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
