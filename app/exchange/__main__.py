"""`python -m app.exchange`: a worker in this process."""

from app.core.settings import Settings
from app.exchange.worker import run_worker

if __name__ == "__main__":
    run_worker(Settings())
