# Two commands do all the set-up: `make serve` and `make test`. Only Python 3.11+ and make are needed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 4010
CORPUS ?= ../shared

.PHONY: serve test check format fidelity corpus impact bench clean

serve: $(VENV)/.installed  ## set up, then serve contracts/ on port 4010
	$(BIN)/mockserver serve --port $(PORT)

test: $(VENV)/.installed  ## set up, then run everything that CI runs
	$(MAKE) check

check: $(VENV)/.installed  ## format, lint, types, walls, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fidelity: $(VENV)/.installed  ## what schemathesis finds in our mocks of the corpus's contracts
	$(BIN)/python tests/corpus/fidelity.py --tools $(CORPUS)/tools --corpus $(CORPUS)/corpus

corpus: $(VENV)/.installed  ## everything on the whole corpus
	CORPUS_FULL=1 $(BIN)/pytest -n 2 tests/corpus

impact: $(VENV)/.installed  ## every planted drift over 20 seeds, and every single change against the clients
	CORPUS_FULL=1 $(BIN)/pytest -n 2 -s tests/impact tests/reference/test_planted_drift.py \
		tests/reference/test_patched_drift.py

bench: $(VENV)/.installed  ## every benchmark; peers where they are installed (benchmarks/peers.sh)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python benchmarks/bench.py --soak
	$(BIN)/python benchmarks/client.py

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]" --group dev
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps --upgrade --target $(VENV)/plugins --group plugins
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
