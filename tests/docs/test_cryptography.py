"""The inventory of cryptography names every key purpose and every module that hashes, signs, encrypts or draws lots."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cryptography.md").read_text(encoding="utf-8")
LIBRARIES = {"argon2", "cryptography", "hashlib", "hmac", "jose", "pwdlib", "pyotp", "secrets", "ssl"}
REFUSED = {"md5", "sha1", "sha224", "ECB", "PKCS1v15", "TripleDES", "DES", "ARC4", "Blowfish", "CBC", "CTR"}
MODULES = sorted((ROOT / "app").rglob("*.py"))


def imported_libraries(source: str) -> set[str]:
    names: set[str] = set()
    if not any(library in source for library in LIBRARIES):
        return names  # most modules, while tests are collected
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names & LIBRARIES


def used_names(source: str) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute | ast.Name)
    }


@pytest.mark.parametrize(
    "module",
    [path for path in MODULES if imported_libraries(path.read_text(encoding="utf-8"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_module_with_cryptography_is_named(module: Path) -> None:
    assert f"`{module.relative_to(ROOT)}`" in PAGE


def test_the_modules_are_found() -> None:
    assert imported_libraries("from cryptography.exceptions import InvalidTag\nimport os, hmac") == {
        "cryptography",
        "hmac",
    }
    assert sum(bool(imported_libraries(path.read_text(encoding="utf-8"))) for path in MODULES) > 15


def test_every_purpose_of_a_derived_key_is_named() -> None:
    found = {
        purpose
        for path in MODULES
        for purpose in re.findall(r'derive_keys?\([\w.\[\]]+, "([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert len(found) >= 8
    assert [purpose for purpose in sorted(found) if f"`{purpose}`" not in PAGE] == []


def test_nothing_that_is_broken_is_used() -> None:
    """No old hash, cipher or mode stands in the code; TOTP's SHA-1 and the list's are inside their packages."""
    found = {
        (path.name, name)
        for path in MODULES
        for name in used_names(path.read_text(encoding="utf-8")) & REFUSED
    }
    assert found == set()
    assert used_names("hashlib.md5(b'')") & REFUSED == {"md5"}


def test_what_is_secret_is_not_drawn_by_random() -> None:
    """`random` is for the times of retries."""
    users = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if re.search(r"^\s*(?:import random|from random)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {user for user in users if not user.startswith("app/demo/")} <= {
        "app/webhooks/sending/dispatcher.py",
        "app/webhooks/sending/schedule.py",
    }
