"""The README's examples work as printed: the same words, sent to the demonstration data."""

import re
import shlex
from pathlib import Path

import httpx
import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\nTOKEN=\$\((curl .*?)\| sed [^\n]*\)\n(curl .*?)```", README, flags=re.DOTALL)


async def curl(visitor: httpx.AsyncClient, command: str, token: str = "") -> httpx.Response:
    """What curl would send: an address, -H, -d (several are joined), -u, and the shell's $TOKEN."""
    words = iter(shlex.split(command.replace("\\\n", " ").replace("$TOKEN", token)))
    assert next(words) == "curl"
    address, headers, data, auth = "", dict[str, str](), list[str](), None
    for word in words:
        match word:
            case "-s":
                continue
            case "-H":
                name, _, value = next(words).partition(":")
                headers[name] = value.strip()
            case "-d":
                data.append(next(words))
            case "-u":
                auth = httpx.BasicAuth(*next(words).split(":"))
            case _:
                assert address == ""
                address = word
    if data:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    path = address.removeprefix("http://127.0.0.1:8000")
    method = "POST" if data else "GET"
    return await visitor.request(
        method, path, headers=headers, content="&".join(data).encode() or None, auth=auth
    )


async def shown(visitor: httpx.AsyncClient, example: tuple[str, str]) -> httpx.Response:
    token = (await curl(visitor, example[0])).json()["access_token"]
    return await curl(visitor, example[1], token)


@pytest.fixture(scope="session")
def examples() -> list[tuple[str, str]]:
    assert len(EXAMPLES) == 3
    return EXAMPLES


class TestReadme:
    async def test_a_treasurer_records_once(self, visitor, examples):
        first, again = await shown(visitor, examples[0]), await shown(visitor, examples[0])
        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert again.headers["Idempotency-Replayed"] == "true"
        assert first.json() == again.json()
        assert first.json()["amount"] == 10_000

    async def test_a_partner_learns_what_became_of_each_row(self, visitor, examples):
        answer = await shown(visitor, examples[1])
        assert answer.status_code == 200, answer.text
        good, bad = answer.json()["items"]
        assert good["status"] == "created"
        assert (bad["status"], bad["errors"][0]["pointer"]) == ("rejected", "/items/1/birth_date")

    async def test_a_dashboard_gets_the_printed_figures(self, visitor, examples):
        answer = await shown(visitor, examples[2])
        assert (answer.status_code, answer.json()["members"]) == (200, 1352)
