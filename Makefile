# One command each, on a fresh machine with nothing but python3 and make; every target does its own set-up (tools/setup).
#   make demo [ARGS=--once]   the whole service on this machine, with sample customers and units
#   make test [ARGS=…]        style, types, layers, and all tests against real servers; ARGS go to pytest
#   make lint                 style, types, layers only
#   make bench [ARGS=…]       the measures of the design, against the libraries alone
#   make lock                 requirements.lock anew from pyproject.toml

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

lock: python
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

python servers:
	@tools/setup $@
