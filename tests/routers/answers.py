"""What tests say of answers."""

from typing import Any

import httpx


def got(answer: httpx.Response, status: int = 200) -> Any:
    """The body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, code: str, pointer: str | None = None) -> None:
    """The answer is a problem with this status and code; *pointer*: a field that it must name."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    if pointer is None:
        assert problem["code"] == code, problem
    else:
        found = [(error["pointer"], error["code"]) for error in problem["errors"]]
        assert (pointer, code) in found, problem
