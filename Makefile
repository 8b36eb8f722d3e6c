# Two commands do all set-up on a machine that has only Python 3.11+, pip, venv and make: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced
UV_ENV := UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=$(CURDIR)/$(VENV) UV_NO_PROGRESS=1
RUN_ENV := OMP_NUM_THREADS=1 MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true
DEMO_ARGS ?=
TEST_ARGS ?=
SERVE_ARGS ?=

.PHONY: setup demo test lint types contracts check bench bench-forecast bench-coaching bench-series-peers notebooks pictures serve clean

setup: $(STAMP) ## make .venv and nothing else

$(STAMP): pyproject.toml uv.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(UV_ENV) $(BIN)/uv sync --quiet --locked --inexact --compile-bytecode
	touch $(STAMP)

demo: setup ## a simulated company, from CSV to scorecards in the browser (DEMO_ARGS=--no-serve ends by itself)
	$(RUN_ENV) $(BIN)/paceline demo $(DEMO_ARGS)

test: setup ## all tests; says what it skips and why
	$(RUN_ENV) $(BIN)/python -m pytest -n 2 --dist loadgroup -q $(TEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy features models training service paceline tests

contracts: setup
	$(BIN)/lint-imports

check: lint types contracts test ## exactly what CI runs

bench: setup ## speed and memory beside a peer, as ratios; prints which bar each meets
	$(RUN_ENV) $(BIN)/python -m benchmarks

bench-forecast: setup ## accuracy beside every rule and the oracle; writes docs/accuracy.md
	$(RUN_ENV) $(BIN)/python -m benchmarks.bench_forecast --presets realistic easy dirty hostile tiny no-pipeline --roll-up 42 --real --out docs

bench-coaching: setup ## ranking, proof and guardrails of coaching against known effects; writes docs/coaching.json
	$(RUN_ENV) $(BIN)/python -m benchmarks.bench_coaching --out docs/coaching.json

bench-series-peers: setup ## the series forecaster beside statsforecast and mlforecast, in .bench/ (needs a package index)
	$(RUN_ENV) $(BIN)/python -m benchmarks.bench_m3

notebooks: setup ## run the notebooks and write their .ipynb, pictures included
	$(RUN_ENV) $(BIN)/python -m tests.support.notebooks

pictures: setup ## photograph pages of the demonstration for the README (needs chromium)
	$(RUN_ENV) $(BIN)/python -m tests.support.pictures

serve: setup ## serve the scorecards of the home folder
	$(RUN_ENV) $(BIN)/paceline serve $(SERVE_ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
