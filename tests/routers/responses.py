"""Assertions about HTTP responses."""

from typing import Any

import httpx


def expect_json(response: httpx.Response, status: int = 200) -> Any:
    """Assert the status of a response and return its body."""
    assert response.status_code == status, response.text
    return response.json() if response.content else None


def expect_problem(response: httpx.Response, status: int, code: str, pointer: str | None = None) -> None:
    """Assert that a response is a problem with this status and code; *pointer*: a field that it must name."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    if pointer is None:
        assert problem["code"] == code, problem
    else:
        pointers_and_codes = [(error["pointer"], error["code"]) for error in problem["errors"]]
        assert (pointer, code) in pointers_and_codes, problem
