"""The README's examples work as printed: the same words, sent to the demonstration data."""

import httpx
import pytest

from tests.demo.curl_examples import Shell, read_blocks, split_commands


async def run_example(demo_client: httpx.AsyncClient, example: str) -> httpx.Response:
    """Run an example; returns the response to its last command."""
    shell = Shell(demo_client)
    answers = [await shell.run(command) for command in split_commands(example)]
    return answers[-1]


@pytest.fixture(scope="session")
def examples() -> list[str]:
    examples_found = [text for _, text in read_blocks("README.md") if text.startswith("TOKEN=")]
    assert len(examples_found) == 3
    return examples_found


class TestReadme:
    async def test_a_treasurer_records_once(self, demo_client, examples):
        first, again = (
            await run_example(demo_client, examples[0]),
            await run_example(demo_client, examples[0]),
        )
        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert again.headers["Idempotency-Replayed"] == "true"
        assert first.json() == again.json()
        assert first.json()["amount"] == 10_000

    async def test_a_partner_learns_what_became_of_each_row(self, demo_client, examples):
        response = await run_example(demo_client, examples[1])
        assert response.status_code == 200, response.text
        good, bad = response.json()["items"]
        assert good["status"] == "created"
        assert (bad["status"], bad["errors"][0]["pointer"]) == ("rejected", "/items/1/birth_date")

    async def test_a_dashboard_gets_the_printed_figures(self, demo_client, examples):
        response = await run_example(demo_client, examples[2])
        assert (response.status_code, response.json()["members"]) == (200, 1352)
