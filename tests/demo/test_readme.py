"""The README's examples work as printed: the same words, sent to the demonstration data."""

import httpx
import pytest

from tests.demo.shell import Shell, blocks, commands


async def shown(visitor: httpx.AsyncClient, example: str) -> httpx.Response:
    """The answer to the last command of an example."""
    shell = Shell(visitor)
    answers = [await shell.run(command) for command in commands(example)]
    return answers[-1]


@pytest.fixture(scope="session")
def examples() -> list[str]:
    found = [text for _, text in blocks("README.md") if text.startswith("TOKEN=")]
    assert len(found) == 3
    return found


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
