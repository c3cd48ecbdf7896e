"""A head has one meaning and a bounded length."""

import pytest

from app.core.http.server.head import find_head_error
from app.core.http.server.limits import MAX_HEAD_BYTES, MAX_HEADERS

HOST = (b"host", b"an-sinh.vn")
CHUNKED = (b"transfer-encoding", b"chunked")
LENGTH = (b"content-length", b"5")


class TestGood:
    @pytest.mark.parametrize(
        "host",
        ["an-sinh.vn", "an-sinh.vn:8443", "127.0.0.1:8000", "[::1]:8000", "[fe80::1]", "api_1", "test"],
    )
    def test_hosts(self, host: str):
        assert find_head_error(b"/", [(b"host", host.encode())], "1.1") is None

    @pytest.mark.parametrize("framing", [[], [LENGTH], [CHUNKED], [(b"transfer-encoding", b"Chunked")]])
    def test_framings(self, framing: list[tuple[bytes, bytes]]):
        assert find_head_error(b"/", [HOST, *framing], "1.1") is None

    def test_an_old_client_names_no_host(self):
        assert find_head_error(b"/", [], "1.0") is None


class TestBad:
    @pytest.mark.parametrize(
        "hosts",
        [
            [],
            [b"a", b"a"],
            [b"a", b"b"],
            [b""],
            [b"a b"],
            [b"a,b"],
            [b"a/b"],
            [b"user@a"],
            [b"a:port"],
            [b"a:123456"],
            [b"[::1"],
            [b"a\xe9"],
            [b"a?x"],
        ],
    )
    def test_hosts(self, hosts: list[bytes]):
        error = find_head_error(b"/", [(b"host", host) for host in hosts], "1.1")
        assert error is not None
        assert (error.status, error.errors[0].pointer) == (400, "/header/Host")
        assert error.headers["Connection"] == "close"

    @pytest.mark.parametrize(
        "framing",
        [
            [CHUNKED, LENGTH],
            [LENGTH, CHUNKED],
            [CHUNKED, CHUNKED],
            [(b"transfer-encoding", b"gzip, chunked")],
            [(b"transfer-encoding", b"identity")],
            [(b"transfer-encoding", b" chunked")],
        ],
    )
    def test_codings(self, framing: list[tuple[bytes, bytes]]):
        error = find_head_error(b"/", [HOST, *framing], "1.1")
        assert error is not None
        assert (error.status, error.errors[0].pointer) == (400, "/header/Transfer-Encoding")

    def test_chunks_of_an_old_client(self):
        assert find_head_error(b"/", [HOST, CHUNKED], "1.0") is not None

    def test_two_lengths(self):
        error = find_head_error(b"/", [HOST, LENGTH, LENGTH], "1.1")
        assert error is not None
        assert error.errors[0].pointer == "/header/Content-Length"

    def test_size(self):
        error = find_head_error(b"/", [HOST, (b"x", b"v" * MAX_HEAD_BYTES)], "1.1")
        assert error is not None
        assert error.status == 431
        assert str(MAX_HEADERS) in error.detail_vi
        many = [HOST, *[(b"x-header", b"v" * 300)] * 100]
        assert find_head_error(b"/" * 4000, many, "1.1") is not None
