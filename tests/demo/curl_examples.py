"""Runs the curl examples of a documentation page against the demonstration data and compares the responses with it."""

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
_ASSIGNMENT = re.compile(r"(\w+)=\$\((.*?)\s*\| sed '(.*)'\)", re.DOTALL)
_FIELD = re.compile(r's/\.\*"(\w+)": \*"\\\(\[\^"\]\*\\\)"\.\*/\\1/')
ANYTHING = "…"


def read_blocks(page: str) -> list[tuple[str, str]]:
    """Read the code blocks of a page that are run or compared, in their order: language and text."""
    return _BLOCK.findall((_ROOT / page).read_text(encoding="utf-8"))


def split_commands(block: str) -> Iterator[str]:
    """Split a block into commands: each begins at the start of a line with `curl` or a variable."""
    yield from re.split(r"\n(?=curl |\w+=\$\()", block.strip())


@dataclass
class Shell:
    """Runs what the pages print: curl, and a variable that takes one field of a response. last: the latest response."""

    client: httpx.AsyncClient
    variables: dict[str, str] = field(default_factory=dict)
    last: httpx.Response | None = None

    async def run(self, command: str) -> httpx.Response:
        """One command. Raises: AssertionError for anything that is not understood."""
        command = command.replace("\\\n", " ")
        assignment = _ASSIGNMENT.fullmatch(command)
        if assignment is None:
            self.last = await self._curl(command)
            return self.last
        name, inner, pattern = assignment.groups()
        response = await self._curl(inner)
        field_name = _FIELD.fullmatch(pattern)
        assert field_name, pattern
        values = re.findall(rf'"{field_name[1]}": *"([^"]*)"', response.text)
        assert values, response.text
        self.variables[name] = values[-1]
        return response

    async def _curl(self, command: str) -> httpx.Response:
        """What curl would send: an address, -s, -i, -X, -H, -d (several are joined), -u."""
        text = re.sub(r"\$(\w+)", lambda name: self.variables[name[1]], command)
        arguments = iter(shlex.split(text))
        assert next(arguments) == "curl"
        address, method, headers, data, auth = "", "", dict[str, str](), list[str](), None
        for argument in arguments:
            match argument:
                case "-s" | "-si":
                    continue
                case "-X":
                    method = next(arguments)
                case "-H":
                    name, _, value = next(arguments).partition(":")
                    headers[name] = value.strip()
                case "-d":
                    data.append(next(arguments))
                case "-u":
                    auth = httpx.BasicAuth(*next(arguments).split(":"))
                case _:
                    assert address == "", argument
                    address = argument
        if data:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        path = address.removeprefix("http://127.0.0.1:8000")
        content = "&".join(data).encode() or None
        return await self.client.request(
            method or ("POST" if data else "GET"), path, headers=headers, content=content, auth=auth
        )


def compare_json(printed: Any, received: Any, path: str = "") -> list[str]:
    """Compare a response with what a page prints: of an object, what is printed; of a list, every item."""
    if printed == ANYTHING:
        return [] if received not in (None, "", []) else [f"{path} is empty"]
    if isinstance(printed, dict) and isinstance(received, dict):
        return [
            difference
            for name, value in printed.items()
            for difference in (
                compare_json(value, received[name], f"{path}/{name}")
                if name in received
                else [f"{path}/{name} is absent"]
            )
        ]
    if isinstance(printed, list) and isinstance(received, list) and len(printed) == len(received):
        pairs = enumerate(zip(printed, received, strict=True))
        return [difference for index, (p, a) in pairs for difference in compare_json(p, a, f"{path}/{index}")]
    return [] if printed == received else [f"{path} is {received!r}, not {printed!r}"]


def compare_response(language: str, text: str, response: httpx.Response) -> list[str]:
    """Compare a response with a block of the page: its body (json), or its status and headers (http)."""
    if language == "json":
        return compare_json(json.loads(text), response.json())
    status, *fields = text.strip().splitlines()
    faults = [] if status == f"HTTP/1.1 {response.status_code}" else [f"status is {response.status_code}"]
    for line in fields:
        name, _, value = line.partition(": ")
        pattern = re.escape(value).replace(ANYTHING, r".+")
        if not re.fullmatch(pattern, response.headers.get(name, "")):
            faults.append(f"{name} is {response.headers.get(name)!r}, not {value!r}")
    return faults
