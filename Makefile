# One command each, on a fresh machine with nothing but python3 and make; every target does its own set-up (tools/setup).
#   make demo [ARGS=--once]   the whole service on this machine, with sample customers and units
#   make test [ARGS=…]        style, types, layers, and all tests against real servers; ARGS go to pytest
#   make lint                 style, types, layers only
#   make bench [ARGS=…]       the measures of the design, against the libraries alone
#   make lock                 both lock files anew from pyproject.toml: of development, and of a real installation

BIN := .venv/bin

.PHONY: demo test lint bench lock python servers
.DEFAULT_GOAL := demo

demo: python
	$(BIN)/hero-router demo $(ARGS)

test: lint servers
	$(BIN)/python -m pytest -n 2 $(ARGS)

lint: python
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: python servers
	$(BIN)/python -m tests.bench $(ARGS)

LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --quiet

lock: python
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(LOCK) --group dev -o requirements.lock >/dev/null
	$(LOCK) --extra postgres -c requirements.lock -o deploy/requirements.lock >/dev/null

python servers:
	@tools/setup $@
