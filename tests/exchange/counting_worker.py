"""A worker that knows the tests' kind of job too: `python -m tests.exchange.counting_worker`."""

from app.core.settings import Settings
from app.exchange.worker import run_worker
from tests.exchange.counting_job import register

if __name__ == "__main__":
    register()
    run_worker(Settings())
