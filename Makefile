# Everything needs only python3 (3.11 or newer, with venv) and make. PYTHON=python3.12 chooses another.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: run test setup check openapi bench chaos mutants lock clean

run: .venv/.run
	$(BIN)/dunlog demo

# two processes take the files in turns, each with a database server of its own
test: .venv/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

setup: .venv/.dev

check: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/deptry .
	$(BIN)/python -m pytest -q tests/test_house.py

openapi: .venv/.dev
	$(BIN)/python -m service.openapi

bench: .venv/.dev
	$(BIN)/python -m tests.bench $(ARGS)

mutants: .venv/.dev
	$(BIN)/python -m tests.mutants $(ARGS)

# CHAOS=0.1 throws a tenth of it, CHAOS_SEED=7 the same again
CHAOS ?= 1
chaos: .venv/.dev
	CHAOS=$(CHAOS) $(BIN)/python -m pytest -s -m 'chaos or figure' -o python_files='test_*.py chaos_*.py' \
		-o faulthandler_timeout=7200 $(ARGS)

# a later lock or pyproject.toml installs anew; the development lock holds all of the other one
.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/.run

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/.run .venv/.dev

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Dunlog needs Python 3.11 or newer, but there is no $(PYTHON)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Dunlog needs Python 3.11 or newer, but $(PYTHON) is `$(PYTHON) -V 2>&1`. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "The venv module of $(PYTHON) is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@rm -rf .venv
	@echo "Making .venv; the first time takes a minute."
	@$(PYTHON) -m venv .venv

lock: .venv/.dev
	$(COMPILE) --group build pyproject.toml -o requirements.lock
	$(COMPILE) --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .venv-peers .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
