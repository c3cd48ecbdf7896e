"""Forking API server: processes that can be killed and replaced at once, forked from one that has everything imported.

    python -m tests.forking_server <file descriptor of a listening socket>

Each line on standard input forks one server on that socket; its process id comes back on standard output.
"""

import os
import signal
import socket
import sys

import uvicorn

from app.main import create_app


def run_server(socket_fd: int) -> None:
    """Run one real server until it is killed."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app, factory=True, log_level="critical", access_log=False, timeout_graceful_shutdown=1
        )
    )
    server.run(sockets=[socket.socket(fileno=socket_fd)])


def main(socket_fd: int) -> None:
    """Fork on demand; when standard input ends, so does this process, and with it what it forked."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            run_server(socket_fd)
            os._exit(0)
        children.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
