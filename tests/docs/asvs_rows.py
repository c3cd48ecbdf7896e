"""Reads the tables of docs/asvs/: one row for each item of OWASP ASVS 5.0, levels 1 and 2."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/asvs"
VERDICTS = ("met", "not met", "not applicable", "operator")
_ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \|(.*)\|$")
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?::([\w.]+))?`")
_FILE = re.compile(r"`([\w./-]+)(?::([\w.]+))?`")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


@dataclass(frozen=True, slots=True)
class AsvsRow:
    """One row. where: page and line; evidence, note: as they are written."""

    where: str
    id: str
    asks: str
    verdict: str
    evidence: str
    note: str


def read_rows(text: str, page: str) -> list[AsvsRow]:
    """Read the rows of a page. Raises: ValueError for one with another number of cells."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if found := _ROW.match(line):
            cells = [cell.strip() for cell in found[2].split("|")]
            if len(cells) != 4:
                raise ValueError(f"{page}:{number}: {len(cells)} cells after the id, not 4")
            rows.append(AsvsRow(f"{page}:{number}", found[1], *cells))
    return rows


def read_all_rows() -> list[AsvsRow]:
    """Read the rows of all pages, in their order."""
    pages = sorted(PAGES.glob("*.md"))
    return [row for page in pages for row in read_rows(page.read_text(encoding="utf-8"), page.name)]


def list_problems(row: AsvsRow, page: Path) -> list[str]:
    """Say what is wrong with a row. page: where it stands; links are from there."""
    problems = []
    if not row.asks:
        problems.append("does not say what it asks")
    if row.verdict not in VERDICTS:
        problems.append(f"no such verdict: {row.verdict}")
    if row.verdict in ("not met", "not applicable") and len(row.note) < 10:
        problems.append("has no reason")
    documents = _LINK.findall(row.evidence)
    if row.verdict == "met" and not documents and not _FILE.search(row.evidence):
        problems.append("met without evidence")
    if row.verdict == "operator" and not any(anchor for _, anchor in documents):
        problems.append("tells the operator nothing")
    problems += [
        f"no such test: {path}:{name}"
        for path, name in _TEST.findall(row.evidence)
        if not has_test(path, name)
    ]
    problems += [
        f"no such file: {path}" for path, _ in _FILE.findall(row.evidence) if not (ROOT / path).exists()
    ]
    return problems + [
        f"no such heading: {target}#{anchor}"
        for target, anchor in _LINK.findall(row.evidence + row.note)
        if not has_heading(page.parent / target, anchor)
    ]


def has_test(path: str, name: str) -> bool:
    """Whether a file of tests has this class or function, by its dotted name; any test where none is named."""
    if not (ROOT / path).is_file():
        return False
    nodes: list[ast.stmt] = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    if not name:
        return any(getattr(node, "name", "").lower().startswith("test") for node in nodes)
    for part in name.split("."):
        found = [node for node in nodes if getattr(node, "name", None) == part]
        if not found:
            return False
        nodes = getattr(found[0], "body", [])
    return name.rpartition(".")[2].lower().startswith("test")


def has_heading(page: Path, anchor: str) -> bool:
    """Whether a document exists and has a heading with this anchor, made as GitHub makes it."""
    if not page.is_file():
        return False
    if not anchor:
        return True
    lines = page.read_text(encoding="utf-8").splitlines()
    headings = [line.lstrip("#").strip() for line in lines if re.match(r"#{1,6} ", line)]
    return anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
