"""The examples of a page: blocks of shell as printed, sent to the demonstration data, and what the page says comes back."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"```(sh|json|http)\n(.*?)```", re.DOTALL)
_ASSIGNED = re.compile(r"(\w+)=\$\((.*?)\s*\| sed '(.*)'\)", re.DOTALL)
_FIELD = re.compile(r's/\.\*"(\w+)": \*"\\\(\[\^"\]\*\\\)"\.\*/\\1/')
ANYTHING = "…"


def blocks(page: str) -> list[tuple[str, str]]:
    """The blocks of a page of the repository that are run or compared, in their order: language and text."""
    return _BLOCK.findall((_ROOT / page).read_text(encoding="utf-8"))


def commands(block: str) -> Iterator[str]:
    """The commands of a block: each begins at the start of a line with `curl` or a variable."""
    yield from re.split(r"\n(?=curl |\w+=\$\()", block.strip())


@dataclass
class Shell:
    """Runs what the pages print: curl, and a variable that takes one field of an answer. last: the latest answer."""

    visitor: httpx.AsyncClient
    variables: dict[str, str] = field(default_factory=dict)
    last: httpx.Response | None = None

    async def run(self, command: str) -> httpx.Response:
        """One command. Raises: AssertionError for anything that is not understood."""
        command = command.replace("\\\n", " ")
        assigned = _ASSIGNED.fullmatch(command)
        if assigned is None:
            self.last = await self._curl(command)
            return self.last
        name, inner, pattern = assigned.groups()
        answer = await self._curl(inner)
        taken = _FIELD.fullmatch(pattern)
        assert taken, pattern
        found = re.findall(rf'"{taken[1]}": *"([^"]*)"', answer.text)
        assert found, answer.text
        self.variables[name] = found[-1]
        return answer

    async def _curl(self, command: str) -> httpx.Response:
        """What curl would send: an address, -s, -i, -X, -H, -d (several are joined), -u."""
        text = re.sub(r"\$(\w+)", lambda name: self.variables[name[1]], command)
        words = iter(shlex.split(text))
        assert next(words) == "curl"
        address, method, headers, data, auth = "", "", dict[str, str](), list[str](), None
        for word in words:
            match word:
                case "-s" | "-si":
                    continue
                case "-X":
                    method = next(words)
                case "-H":
                    name, _, value = next(words).partition(":")
                    headers[name] = value.strip()
                case "-d":
                    data.append(next(words))
                case "-u":
                    auth = httpx.BasicAuth(*next(words).split(":"))
                case _:
                    assert address == "", word
                    address = word
        if data:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        path = address.removeprefix("http://127.0.0.1:8000")
        content = "&".join(data).encode() or None
        return await self.visitor.request(
            method or ("POST" if data else "GET"), path, headers=headers, content=content, auth=auth
        )


def differences(printed: Any, answered: Any, at: str = "") -> list[str]:
    """Where an answer is not what a page prints: of an object, what is printed; of a list, every item."""
    if printed == ANYTHING:
        return [] if answered not in (None, "", []) else [f"{at} is empty"]
    if isinstance(printed, dict) and isinstance(answered, dict):
        return [
            found
            for name, value in printed.items()
            for found in (
                differences(value, answered[name], f"{at}/{name}")
                if name in answered
                else [f"{at}/{name} is absent"]
            )
        ]
    if isinstance(printed, list) and isinstance(answered, list) and len(printed) == len(answered):
        pairs = enumerate(zip(printed, answered, strict=True))
        return [found for index, (p, a) in pairs for found in differences(p, a, f"{at}/{index}")]
    return [] if printed == answered else [f"{at} is {answered!r}, not {printed!r}"]


def wrong(language: str, text: str, answer: httpx.Response) -> list[str]:
    """Where an answer is not what a block of the page prints of it: its body (json), or its status and fields (http)."""
    if language == "json":
        return differences(json.loads(text), answer.json())
    status, *fields = text.strip().splitlines()
    found = [] if status == f"HTTP/1.1 {answer.status_code}" else [f"status is {answer.status_code}"]
    for line in fields:
        name, _, value = line.partition(": ")
        pattern = re.escape(value).replace(ANYTHING, r".+")
        if not re.fullmatch(pattern, answer.headers.get(name, "")):
            found.append(f"{name} is {answer.headers.get(name)!r}, not {value!r}")
    return found
