# What a person does here; `make help` lists it. Needs Python 3.11 or newer with venv, and make.

# The first Python that will do, unless you say which: make run PYTHON=python3.12
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# Only wheels, only what the lock names: no compiler, and nothing that was not looked at.
LOCKED := $(PIP) --require-hashes --only-binary :all: -r
# A machine of two cores shares them between the tests and PostgreSQL.
TESTS ?= -n 2
# Hashes of the public registry for every platform, and no address of where they were looked up.
COMPILE := uv --no-config pip compile pyproject.toml requirements.in --upgrade --universal --python-version 3.11 \
	--only-binary :all: --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet

# A package that could not be looked up fails it: a service that is away must not look like a clean answer.
AUDIT := $(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off

# Tests start dozens of processes: each would compile the application anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test drill lint bench lock audit clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## the API with the demonstration data, on http://127.0.0.1:8000
	@exec $(BIN)/ansinh serve --demo

test: $(VENV)/dev.stamp $(VENV)/typescript.stamp ## every test, on a PostgreSQL of its own (or in the cluster of DATABASE_URL)
	$(BIN)/python -m pytest $(TESTS)

drill: $(VENV)/dev.stamp ## servers that are killed, filled, starved and flooded; minutes, and prints what it measured
	$(BIN)/python -m pytest -m drill

lint: $(VENV)/dev.stamp ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.stamp ## rates beside their floor, from one run
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.quotes
	$(BIN)/python -m benchmarks.existence
	$(BIN)/python -m benchmarks.forms
	$(BIN)/python -m benchmarks.imports
	$(BIN)/python -m benchmarks.idempotency

lock: ## new locks from pyproject.toml (needs uv)
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock

audit: $(VENV)/audit.stamp ## known weaknesses in what is locked; asks the advisory service of the registry
	$(AUDIT) -r requirements.lock
	$(AUDIT) -r requirements-dev.lock

clean: ## remove the environment and the caches; the data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

$(VENV)/venv.stamp:
	@test -n "$(PYTHON)" || { echo "Cần Python 3.11 trở lên / Python 3.11 or newer is needed: make run PYTHON=…"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# The project itself is linked, not copied, and built with the locked setuptools: nothing is fetched for it.
$(VENV)/run.stamp: requirements.lock pyproject.toml $(VENV)/venv.stamp
	$(LOCKED) requirements.lock
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(LOCKED) requirements-dev.lock
	@touch $@

# The tool is no part of the project and stands in no lock: it has an environment of its own.
$(VENV)/audit.stamp: $(VENV)/venv.stamp
	$(PYTHON) -m venv --clear $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: pip-audit==2.10.1
	@touch $@

# What turns the API's document into TypeScript types, for one test: Node is in a wheel, the packages are the lock's, by
# their hashes, and none of their scripts runs.
$(VENV)/typescript.stamp: tests/sdk/package.json tests/sdk/package-lock.json $(VENV)/dev.stamp
	@mkdir -p $(VENV)/typescript
	cp tests/sdk/package.json tests/sdk/package-lock.json $(VENV)/typescript/
	cd $(VENV)/typescript && ../bin/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
