"""The walk through docs/partners.md works as printed, from the client that is made to the secret that replaces its own."""

from typing import Any

import httpx

from tests.demo.shell import Shell, blocks, commands, differences, wrong

PAGE = "docs/partners.md"


class TestWalk:
    async def test_every_command_answers_what_is_printed(self, visitor: httpx.AsyncClient):
        shell, compared = Shell(visitor), 0
        for language, text in blocks(PAGE):
            if language == "sh":
                for command in commands(text):
                    answer = await shell.run(command)
                    assert answer.status_code < 500, answer.text
            else:
                assert shell.last is not None
                faults = wrong(language, text, shell.last)
                assert faults == [], f"{text}\n{shell.last.text}"
                compared += 1
        assert compared > 12

    async def test_a_difference_is_seen(self):
        answered = {"a": [{"b": 1, "c": ""}]}
        other: list[dict[str, Any]] = [
            {"a": [{"b": 2}]},
            {"a": []},
            {"d": 1},
            {"a": [{"c": "…"}]},
            {"a": {"b": 1}},
        ]
        for printed in other:
            assert len(differences(printed, answered)) == 1
        assert differences({"a": [{"b": 1}]}, answered) == []
