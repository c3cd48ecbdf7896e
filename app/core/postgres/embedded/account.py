"""The account that runs the embedded PostgreSQL, and its access to its files and its socket.

PostgreSQL refuses to run as root. Started by root (a container, a fresh server) it therefore gets a system
account; started by anybody else it runs as that user and nothing here changes a permission.
"""

import hashlib
import logging
import os
import pwd
import re
import stat
import subprocess
from pathlib import Path

from app.core.halt import FatalError

SYSTEM_ACCOUNT = "ansinh-postgres"
MAX_SOCKET_PATH_BYTES = 100  # a socket's path may have 107 bytes on Linux, 103 on macOS
SOCKET_NAME = ".s.PGSQL.5432"

_logger = logging.getLogger(__name__)
_ADD_USER = (
    ("useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"),
    ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin"),  # BusyBox
)


class NoAccount(FatalError):
    """No account to run PostgreSQL as, or the files are another's."""


def prepare_account(directory: Path, pgdata: Path) -> pwd.struct_passwd | None:
    """Make the directory and find the account; None is this process's own.

    Raises: NoAccount
    """
    directory.mkdir(parents=True, exist_ok=True)
    owner = pgdata.stat().st_uid if pgdata.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise NoAccount(
                f"{pgdata} thuộc về tài khoản khác; hãy chạy bằng tài khoản đó."
                f" / {pgdata} belongs to another account: run An Sinh as that one."
            )
        return None
    account = _find_account(owner) if owner else None
    account = account or _ensure_system_account()
    if owner is not None and owner != account.pw_uid:
        _chown_all(pgdata, account)
    _grant_traversal(pgdata, account)
    return account


def make_private_directory(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make a directory that only the account can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def grant_read_access(tree: Path, account: pwd.struct_passwd | None) -> None:
    """Let the account read the installed programs, also where root's umask or home directory hides them."""
    if account is None or not tree.exists():
        return
    _grant_traversal(tree, account)
    for path in (tree, *tree.rglob("*")):
        mode = path.lstat().st_mode
        needed = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if not stat.S_ISLNK(mode) and mode & needed != needed:
            path.chmod(stat.S_IMODE(mode) | needed)


def socket_directory(directory: Path) -> Path:
    """Where the socket lives: beside the data, or under /tmp if that path is too long or oddly spelt."""
    preferred = directory / "socket"
    is_plain = re.fullmatch(r"[A-Za-z0-9_./-]+", str(preferred))
    if is_plain and len(os.fsencode(preferred / SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES:
        return preferred
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path("/tmp") / f"ansinh-{digest}"  # noqa: S108  (make_socket_directory refuses one that another account made)


def make_socket_directory(directory: Path, account: pwd.struct_passwd | None) -> Path:
    """Make the socket's directory, empty and for the account alone; no server may be running.

    Raises: NoAccount if somebody else made one of this name
    """
    path = socket_directory(directory)
    uid = os.geteuid() if account is None else account.pw_uid
    if path.is_symlink() or (path.exists() and path.stat().st_uid not in (uid, 0)):
        raise NoAccount(f"{path}: không phải của tài khoản này / not this account's: remove it")
    make_private_directory(path, account)
    path.chmod(0o700)
    for (
        leftover
    ) in path.iterdir():  # of a killed server: its lock names a number that anything may have by now
        leftover.unlink()
    return path


def _find_account(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:  # data of another machine or image
        return None


def _ensure_system_account() -> pwd.struct_passwd:
    for command in _ADD_USER:
        try:
            return pwd.getpwnam(SYSTEM_ACCOUNT)
        except KeyError:
            try:
                subprocess.run([*command, SYSTEM_ACCOUNT], check=False, capture_output=True)
            except OSError:
                continue
    for name in (SYSTEM_ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoAccount(
        f"PostgreSQL không chạy bằng root; hãy tạo tài khoản {SYSTEM_ACCOUNT}."
        f" / PostgreSQL does not run as root: create the account {SYSTEM_ACCOUNT}."
    )


def _chown_all(tree: Path, account: pwd.struct_passwd) -> None:
    for path in (tree, *tree.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _grant_traversal(path: Path, account: pwd.struct_passwd) -> None:
    """Give every directory above the right to pass (not to list), where the account lacks it."""
    for parent in path.resolve().parents:
        info = parent.stat()
        if info.st_uid != account.pw_uid and not info.st_mode & stat.S_IXOTH:
            _logger.warning("%s: o+x, so that %s can reach its files", parent, account.pw_name)
            parent.chmod(stat.S_IMODE(info.st_mode) | stat.S_IXOTH)
