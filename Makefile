# What a newcomer types: `make demo`, `make test`. Both set up .venv first.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

# Python keeps what it compiles, whatever the environment says: else each of many processes would do it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-long chaos bench check compiled format schema docs lock clean

demo: .venv/installed
	@$(BIN)/gateway demo $(ARGS)

# Most tests wait more than they compute, so there are more workers than cores. A file stays with one worker: what its tests
# share is made once, and the ports of the demo are one file's alone. Files go in the order of tests/conftest.py.
TESTS := $(BIN)/python -m pytest --numprocesses 5 --dist loadfile --no-loadscope-reorder

test: .venv/installed
	@$(MAKE) --no-print-directory --jobs 2 check compiled
	$(TESTS) -m "not long"

# What takes long, and is told in part by shorter tests.
test-long: .venv/installed
	$(TESTS) -m long

# The long storms of tests/chaos, some minutes each; CHAOS_SEED=2 is another weather.
chaos: .venv/installed
	CHAOS=long $(BIN)/python -m pytest tests/chaos -s $(ARGS)

bench: .venv/installed
	$(BIN)/python -m benchmarks.mutations

check: .venv/installed
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

# All tests are loaded once, so that not each worker has to compile them, while mypy is at work.
compiled: .venv/installed
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || true

format: .venv/installed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# Files that are made from the code and committed; tests hold them against it.
schema: .venv/installed
	$(BIN)/gateway schema > schema/schema.graphql

docs: .venv/installed
	$(BIN)/python -m gateway.documentation docs
	$(BIN)/python -m tests.journeys.call_table > docs/calls.md

# requirements.lock is what a checkout needs; requirements-run.lock, with the same versions, what the gateway needs to run.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	--no-annotate --custom-compile-command "make lock" pyproject.toml

lock: .venv/installed
	$(LOCK) --extra dev --output-file requirements.lock
	$(LOCK) --constraint requirements.lock --generate-hashes --output-file requirements-run.lock

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

clean:
	rm -rf .venv
