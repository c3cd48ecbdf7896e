"""The secrets of this machine: `<data_dir>/secrets.json`, mode 0600, made on the first start."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.halt import FatalError

SECRETS_FILE = "secrets.json"
_MIN_LENGTHS = {"app_password": 1, "secret_key": 32}
"""Characters of each; of the key as many as of `ANSINH_SECRET_KEY`."""


class SecretsUnreadable(FatalError):
    """The file cannot be read or written, or is damaged."""


class SecretsMissing(FatalError):
    """There is data that was made with secrets, and no file that holds them."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Thư mục dữ liệu đã có dữ liệu nhưng thiếu {path}. Hãy chép lại tệp này từ bản sao lưu: khóa trong đó mở"
            " khóa ký và khóa webhook đã lưu. Nếu nó đã mất hẳn, `ansinh secrets create` tạo tệp mới: mọi người phải"
            " đăng nhập lại và mỗi webhook cần một khóa mới.\n"
            f"The data directory has data, but {path} is missing. Copy the file back from a backup: its key opens the"
            " stored signing keys and the webhooks' secrets. If it is lost for good, `ansinh secrets create` makes a"
            " new one: everybody must log in again, and each webhook needs a new secret."
        )


class SecretsExist(FatalError):
    """Secrets that are there are never replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} đã có và được giữ nguyên / is there already and stays as it is.")


@dataclass(frozen=True)
class LocalSecrets:
    """app_password: of the application's database role; secret_key: seals signing keys and cursors."""

    app_password: str
    secret_key: str


def load_local_secrets(data_dir: Path, *, data_exists: bool) -> LocalSecrets:
    """Load the secrets, or make them on the first start; whole and on disk before anything uses them.

    data_exists: whether something was made with secrets before, so that they must be there.
    Raises: SecretsMissing, SecretsUnreadable
    """
    path = data_dir / SECRETS_FILE
    if not path.exists():
        if data_exists:
            raise SecretsMissing(path)
        _write(path)
    return _read(path)


def create_local_secrets(data_dir: Path) -> Path:
    """Make new secrets in place of lost ones. Returns: their file. Raises: SecretsExist"""
    path = data_dir / SECRETS_FILE
    if path.exists():
        raise SecretsExist(path)
    _write(path)
    return path


def _read(path: Path) -> LocalSecrets:
    try:
        path.chmod(0o600)
        values = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise SecretsUnreadable(
            f"{path}: không đọc được ({type(error).__name__}); hãy chép lại tệp này từ bản sao lưu."
            f" / {path} cannot be read ({type(error).__name__}): copy it back from a backup."
        ) from error
    if not isinstance(values, dict) or values.keys() != _MIN_LENGTHS.keys():
        names = ", ".join(_MIN_LENGTHS)
        raise SecretsUnreadable(
            f"{path}: phải là một đối tượng JSON có đúng các trường {names}."
            f" / {path} must be a JSON object with exactly the fields {names}."
        )
    for name, length in _MIN_LENGTHS.items():
        if not isinstance(values[name], str) or len(values[name]) < length:
            raise SecretsUnreadable(
                f"{path}: {name} phải là chuỗi từ {length} ký tự; hãy chép lại tệp này từ bản sao lưu."
                f" / {path}: {name} must be a text of at least {length} characters: copy the file back from a backup."
            )
    return LocalSecrets(**values)


def _write(path: Path) -> None:
    """Write atomically: the first of two writers wins, and an interrupted write leaves no file of that name."""
    draft = path.with_name(f"{SECRETS_FILE}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(LocalSecrets(secrets.token_urlsafe(32), secrets.token_urlsafe(48))), file)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        raise SecretsUnreadable(f"{path}: không ghi được ({error.strerror}) / cannot be written.") from error
    finally:
        draft.unlink(missing_ok=True)
