"""Assertions about HTTP responses."""

from typing import Any

import httpx

from tests.docs.vietnamese import find_wording_faults


def expect_json(response: httpx.Response, status: int = 200) -> Any:
    """Assert the status of a response and return its body."""
    assert response.status_code == status, response.text
    return response.json() if response.content else None


async def read_items(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], **params: str
) -> list[dict[str, Any]]:
    """Read every page of a list.

    For lists that hold rows of the whole country: those of other tests may fill the first page.
    """
    items: list[dict[str, Any]] = []
    while True:
        page = expect_json(await client.get(path, params=params, headers=headers))
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        params["cursor"] = page["next_cursor"]


def expect_problem(response: httpx.Response, status: int, code: str, pointer: str | None = None) -> None:
    """Assert that a response is a problem with this status and code, in words that an officer would write.

    pointer: a field that it must name.
    """
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    if response.headers.get("content-language") == "vi":
        for text in (problem["detail"], *(error["detail"] for error in problem.get("errors", ()))):
            assert find_wording_faults(text) == [], text
    if pointer is None:
        assert problem["code"] == code, problem
    else:
        pointers_and_codes = [(error["pointer"], error["code"]) for error in problem["errors"]]
        assert (pointer, code) in pointers_and_codes, problem
