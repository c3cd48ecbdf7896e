"""A worker that knows the tests' kind of job too: `python -m tests.jobs.counting_worker`."""

from app.core.settings import Settings
from app.worker import run_worker
from tests.jobs.counting_job import register_job_kind

if __name__ == "__main__":
    register_job_kind()
    run_worker(Settings())
