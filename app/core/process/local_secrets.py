"""The secrets of this machine: `<data_dir>/secrets.json`, mode 0600, made on the first start."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.core.halt import FatalError

SECRETS_FILE = "secrets.json"
_MIN_LENGTHS = {"app_password": 1, "secret_key": 32}
"""Characters of each; of the key as many as of `ANSINH_SECRET_KEY`."""
_BEFORE = "secret_key_before"
"""A list of the keys that were replaced; in the file only while there are any."""


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
    """app_password: of the application's database role; secret_key: seals signing keys and cursors.

    secret_key_before: the ones that it replaced and that are still read with, the newest first.
    """

    app_password: str
    secret_key: str
    secret_key_before: tuple[str, ...] = ()


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


def replace_local_secret_key(data_dir: Path) -> Path:
    """Make a new secret key; the one that was there is still read with. Returns: their file.

    Processes that run learn of it at their next start. Raises: SecretsMissing, SecretsUnreadable
    """
    old = load_local_secrets(data_dir, data_exists=True)
    before = (old.secret_key, *old.secret_key_before)
    return _rewrite(data_dir, replace(old, secret_key=_generate_secret_key(), secret_key_before=before))


def forget_local_secret_keys(data_dir: Path) -> Path:
    """Forget the secret keys that were replaced. Returns: their file. Raises: SecretsMissing, SecretsUnreadable"""
    return _rewrite(data_dir, replace(load_local_secrets(data_dir, data_exists=True), secret_key_before=()))


def _read(path: Path) -> LocalSecrets:
    try:
        path.chmod(0o600)
        values = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise SecretsUnreadable(
            f"{path}: không đọc được ({type(error).__name__}); hãy chép lại tệp này từ bản sao lưu."
            f" / {path} cannot be read ({type(error).__name__}): copy it back from a backup."
        ) from error
    if not isinstance(values, dict) or values.keys() - {_BEFORE} != _MIN_LENGTHS.keys():
        names = ", ".join(_MIN_LENGTHS)
        raise SecretsUnreadable(
            f"{path}: phải là một đối tượng JSON có đúng các trường {names}, và {_BEFORE} nếu có."
            f" / {path} must be a JSON object with exactly the fields {names}, and {_BEFORE} if there are any."
        )
    for name, length in _MIN_LENGTHS.items():
        if not _is_text(values[name], length):
            raise SecretsUnreadable(
                f"{path}: {name} phải là chuỗi từ {length} ký tự; hãy chép lại tệp này từ bản sao lưu."
                f" / {path}: {name} must be a text of at least {length} characters: copy the file back from a backup."
            )
    before, length = values.get(_BEFORE, []), _MIN_LENGTHS["secret_key"]
    if not isinstance(before, list) or not all(_is_text(key, length) for key in before):
        raise SecretsUnreadable(
            f"{path}: {_BEFORE} phải là mảng các chuỗi từ {length} ký tự; hãy chép lại tệp này từ bản sao lưu."
            f" / {path}: {_BEFORE} must be a list of texts of at least {length} characters: copy the file back from"
            " a backup."
        )
    return LocalSecrets(values["app_password"], values["secret_key"], tuple(before))


def _is_text(value: object, length: int) -> bool:
    return isinstance(value, str) and len(value) >= length


def _write(path: Path) -> None:
    """Write new secrets: the first of two writers wins."""
    values = LocalSecrets(secrets.token_urlsafe(32), _generate_secret_key())
    with _draft(path, values) as draft, suppress(FileExistsError):
        os.link(draft, path)


def _rewrite(data_dir: Path, values: LocalSecrets) -> Path:
    """Write others in place of what is there, on disk before anything is sealed with them."""
    path = data_dir / SECRETS_FILE
    with _draft(path, values) as draft:
        draft.replace(path)
        folder = os.open(data_dir, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return path


def _generate_secret_key() -> str:
    return secrets.token_urlsafe(48)


@contextmanager
def _draft(path: Path, values: LocalSecrets) -> Iterator[Path]:
    """A whole file beside the path, so that an interrupted write leaves none of that name. Raises: SecretsUnreadable"""
    draft = path.with_name(f"{SECRETS_FILE}.{secrets.token_hex(8)}")
    # Without what is empty: a release that knows no keys of before reads the file as well.
    content = {name: value for name, value in asdict(values).items() if value}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    except OSError as error:
        raise SecretsUnreadable(f"{path}: không ghi được ({error.strerror}) / cannot be written.") from error
    finally:
        draft.unlink(missing_ok=True)
