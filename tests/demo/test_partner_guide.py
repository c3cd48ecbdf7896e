"""The examples of docs/partners.md work as printed, from creating the client to replacing its secret."""

from typing import Any

import httpx

from tests.demo.curl_examples import Shell, compare_json, compare_response, read_blocks, split_commands

PAGE = "docs/partners.md"


class TestWalk:
    async def test_every_command_answers_what_is_printed(self, demo_client: httpx.AsyncClient):
        shell, compared = Shell(demo_client), 0
        for language, text in read_blocks(PAGE):
            if language == "sh":
                for command in split_commands(text):
                    response = await shell.run(command)
                    assert response.status_code < 500, response.text
            else:
                assert shell.last is not None
                faults = compare_response(language, text, shell.last)
                assert faults == [], f"{text}\n{shell.last.text}"
                compared += 1
        assert compared > 12

    async def test_a_difference_is_seen(self):
        received = {"a": [{"b": 1, "c": ""}]}
        other: list[dict[str, Any]] = [
            {"a": [{"b": 2}]},
            {"a": []},
            {"d": 1},
            {"a": [{"c": "…"}]},
            {"a": {"b": 1}},
        ]
        for printed in other:
            assert len(compare_json(printed, received)) == 1
        assert compare_json({"a": [{"b": 1}]}, received) == []
