# run   make the embedded sample, from listings to digests and overviews, and say where it is
# test  linters, type checker and the whole test suite
# dev   Dagster's UI and daemon with everything loaded
# bench the measurements that the docs quote
# lock  pin all dependencies anew
# Each target sets up what it needs in .venv/ first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps

.PHONY: run test lint dev bench lock clean

run: $(VENV)/.run
	@ALMANAC_SOURCE=sample ALMANAC_SUMMARIZER=embedded $(BIN)/almanac run

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

dev: $(VENV)/.run
	@$(BIN)/almanac dev

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

lock: $(VENV)/.test
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--upgrade --python-version 3.11 --extra build pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--upgrade --python-version 3.11 --extra build --extra dev --constraint requirements.lock pyproject.toml \
		--output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: run make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment: install its venv module (Debian: python3-venv)"; exit 1; }
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml $(VENV)/.python
	@echo "Installing the pinned dependencies into $(VENV)/ …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-dev.lock $(VENV)/.run
	@echo "Installing the test tools into $(VENV)/ …"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
