# Two commands are all that a fresh machine needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# What the pages of the desk are built from.
SITE := hatch_build.py $(wildcard web/*.json web/*.ts web/*.html) $(shell find web/src web/public -type f 2>/dev/null)

.PHONY: demo test lock bench clean

demo: $(VENV)/.demo
	$(BIN)/seamwatch demo $(ARGS)

test: $(VENV)/.test
	$(BIN)/ruff format --check src tests bench training
	$(BIN)/ruff check src tests bench training
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest

# --- below: what the two commands stand on --------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Seamwatch needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.made requirements.lock pyproject.toml $(SITE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.test: $(VENV)/.made requirements-dev.lock pyproject.toml $(SITE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(VENV)/.demo $@

# New exact pins with hashes, for all platforms, from pyproject.toml (needs `uv`).
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --extra build --extra dev pyproject.toml -o requirements-dev.lock

bench: $(VENV)/.test
	$(BIN)/python bench/speed.py

clean:
	rm -rf $(VENV) dist build
