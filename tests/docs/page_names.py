"""Finds what the pages of the documentation name in code spans, links and commands, and which of it does not exist.

Names that a page invents for its example are listed in a comment on the page: `<!-- invented: ethnicity, 0024 -->`.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

from app import cli

ROOT = Path(__file__).resolve().parents[2]
_SOURCES = ("app", "database", "migrations", "tests", "benchmarks", "scripts", ".ci")
_PACKAGES = ("app", "tests", "benchmarks", "migrations")
_INVENTED = re.compile(r"<!-- invented: (.+?) -->", re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\]\(([^)#\s]*)(?:#[^)]*)?\)")
_PATH = re.compile(r"\.?[\w<>*][\w.<>*-]*(?:/[\w.<>*-]+)*/?")
_FILE_SUFFIX = re.compile(r"\.(?:py|sql|md|toml|csv|mako|lock|ya?ml)$")
_CODE_WORD = re.compile(r"_*[A-Za-z][A-Za-z0-9]*_\w+|_\w*[a-z]\w*|[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]+)+")
_PLACEHOLDER = re.compile(r"<[^>]*>")
_SHELLS = ("sh", "bash", "")


@dataclass(frozen=True, slots=True)
class Missing:
    """A name on a page that does not exist."""

    page: str
    line: int
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: `{self.name}`: {self.reason}"


def documented_pages() -> list[Path]:
    """The pages that tell how it is now; the records of decisions are left as they were written."""
    pages = [page for page in (ROOT / "docs").rglob("*.md") if "decisions" not in page.parts]
    return sorted([*pages, ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def find_missing(page: str, text: str) -> list[Missing]:
    """Find the names of a page that do not exist. page: its path from the root of the repository."""
    invented = {name.strip() for found in _INVENTED.findall(text) for name in found.split(",")}
    return [
        Missing(page, number, name, reason)
        for number, name, reason in _find_problems(page, text)
        if not _is_invented(name, invented)
    ]


def _is_invented(name: str, invented: set[str]) -> bool:
    """Whether a page made a name up; the folders that a path has before such a name must still be there."""
    matches = [re.search(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", name) for one in invented]
    starts = [match.start() for match in matches if match]
    if not starts:
        return False
    folder, slash, _ = name[: min(starts)].rpartition("/")
    return not slash or bool(_existing(folder))


def _find_problems(page: str, text: str) -> Iterator[tuple[int, str, str]]:
    fence: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fence = None if fence is not None else line.strip("` ")
        elif fence is None:
            for target in _LINK.findall(line):
                if target and "://" not in target and not (ROOT / page).parent.joinpath(target).exists():
                    yield number, target, "the link leads nowhere"
            for span in _SPAN.findall(line):
                yield from ((number, name, reason) for name, reason in _check_span(span))
        elif fence in _SHELLS:
            yield from ((number, name, reason) for name, reason in _check_command(line.strip()))


def _check_span(span: str) -> Iterator[tuple[str, str]]:
    path, _, name = span.partition(":")
    if "…" in span or span.startswith(("/", "GET ", "POST ", "PATCH ", "PUT ", "DELETE ", "ANSINH_")):
        return
    if _is_command(span):
        yield from _check_command(span)
    elif _is_path(path):
        if not _existing(path):
            yield span, "no such file or folder"
        elif name and not any(_defines(file, name) for file in _existing(path)):
            yield span, f"{path} does not define it"
    elif re.fullmatch(rf"(?:{'|'.join(_PACKAGES)})(?:\.\w+)+", span):
        if not _resolves(span):
            yield span, "no such module or name"
    else:
        for word in _CODE_WORD.findall(span):
            if word not in _code_words():
                yield word, "not a name of the code"


def _is_path(text: str) -> bool:
    if not _PATH.fullmatch(text):
        return False
    begins_at_root = (ROOT / text.split("/")[0]).exists() and "/" in text
    return begins_at_root or bool(_FILE_SUFFIX.search(text))


def _existing(path: str) -> list[Path]:
    """The files of a path; a name without a folder may stand anywhere, `<room>` and `*` stand for any name."""
    pattern = _PLACEHOLDER.sub("*", path.rstrip("/"))
    if "/" in pattern or (ROOT / pattern).exists():
        return list(ROOT.glob(pattern))
    return [file for source in _SOURCES for file in (ROOT / source).rglob(pattern)]


def _defines(file: Path, name: str) -> bool:
    """Whether a file defines a function, class, constant, enum member or SQL routine of this name, with dots inside."""
    if file.is_dir():
        return False
    text = file.read_text(encoding="utf-8")
    return all(
        re.search(
            rf"^\s*(?:(?:async )?def|class) {part}\b|^\s*{part}\b\s*(?::[^=\n]+)?=|\bfunction {part}\b|^\s*{part}:",
            text,
            re.MULTILINE,
        )
        for part in name.removesuffix("()").split(".")
    )


def _resolves(dotted: str) -> bool:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        base = ROOT.joinpath(*parts[:length])
        rest = ".".join(parts[length:])
        if base.with_suffix(".py").is_file():
            return not rest or _defines(base.with_suffix(".py"), rest)
        if base.is_dir():
            return not rest
    return False


@cache
def _code_words() -> frozenset[str]:
    """Every word of the source, the tests of the documentation left out."""
    files = [ROOT / "Makefile", ROOT / "pyproject.toml"]
    for source in _SOURCES:
        files += [
            file for file in (ROOT / source).rglob("*") if file.suffix in (".py", ".sql", ".ts", ".mako")
        ]
    words: set[str] = set()
    for file in files:
        if file.parent != Path(__file__).parent:
            words.update(re.findall(r"\w+", file.read_text(encoding="utf-8")))
    return frozenset(words)


def _is_command(text: str) -> bool:
    return bool(re.match(r"(?:\.venv/bin/)?(?:ansinh|make|python -m) ", text))


def _check_command(line: str) -> Iterator[tuple[str, str]]:
    if not _is_command(line):
        return
    words = shlex.split(line.removeprefix(".venv/bin/"), comments=True)
    if words[0] == "make":
        yield from (
            (line, f"no target {one}") for one in words[1:] if "=" not in one and one not in _targets()
        )
    elif words[0] == "ansinh":
        if not _is_order(tuple(words[1:])):
            yield line, "ansinh has no such command"
    else:
        if not (_resolves(words[2]) if words[2].split(".")[0] in _PACKAGES else find_spec(words[2])):
            yield line, f"no module {words[2]}"
        for path in (one.partition("::")[0] for one in words[3:] if "/" in one):
            if not _existing(path):
                yield path, "no such file or folder"


@cache
def _targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@cache
def _is_order(words: tuple[str, ...]) -> bool:
    """Whether the command's own parser takes these words; `--help` ends it before anything is done."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        try:
            cli.main([*words, "--help"])
        except SystemExit as end:
            return end.code == 0
    return False
