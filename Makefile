# `make` lists what there is. Everything is made inside this folder; nothing is installed on the machine.

# The first of these that runs, is 3.11 to 3.14, and can make a virtual environment. Or: make PYTHON=/path/to/python
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python3.14; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
	>/dev/null 2>&1 && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
VENDOR := platform/sammen/web/static/vendor
CODE := platform/sammen tenants shared_pool reporting deploy tests
CATALOGUES := $(shell find platform tenants shared_pool reporting -name '*.po' 2>/dev/null)
ARGS ?=

# Many processes are started, by the tests above all, and each would compile the whole program anew where the machine keeps
# nothing of what Python has compiled. It is kept beside the sources, in folders that are never committed.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench torture shots venv assets lock sbom stop clean

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: venv assets $(VENV)/.catalogues ## Set up, fill with invented data, and start on this machine
	@$(BIN)/sammen demo $(ARGS)

test: venv assets $(VENV)/.catalogues ## Run every test, in parallel, on a real PostgreSQL
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: venv $(VENV)/.catalogues ## Format, lint, types, import contracts, catalogues: before every commit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(CODE)
	@$(BIN)/lint-imports
	@$(BIN)/python -m sammen.web.i18n check
	@$(BIN)/python -m pytest -q tests/architecture

format: venv ## Format the code and repair what can be repaired
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: venv assets $(VENV)/.catalogues ## Measure the pages and queries that must be fast
	@$(BIN)/python -m tests.benchmarks $(ARGS)

torture: venv assets $(VENV)/.catalogues ## Kill processes and the database a thousand times under load, and look for what is lost
	@$(BIN)/python -m tests.torture $(ARGS)

shots: venv assets $(VENV)/.catalogues ## Photograph the pages with Chromium, into shots/
	@$(BIN)/sammen shots $(ARGS)

venv: $(VENV)/.project ## Make or refresh the Python environment

assets: $(VENDOR)/.built ## Fetch the design system, the fonts and htmx, and build the theme

lock: venv ## Renew deploy/requirements.lock (names no index; works on Python 3.11 to 3.14)
	@$(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--extra demo --extra dev $(ARGS) --output-file deploy/requirements.lock pyproject.toml

sbom: venv ## Write the bill of materials and the page of licences from the locks
	@$(BIN)/python -m deploy.materials

stop: ## Stop the PostgreSQL servers that the demo and the tests started
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m deploy.postgres stop; fi

clean: stop ## Remove what make made, but not .data/, where the demo's database lives
	@rm -rf $(VENV) node_modules design-tokens design-tokens-build $(VENDOR) shots

# Stamps: each is newer than what it was made from, so a second start has nothing to do.

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Sammen needs Python 3.11 to 3.14 with venv (on Debian: apt install python3 python3-venv)." >&2; \
		exit 1; \
	fi
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.locked: deploy/requirements.lock | $(BIN)/python
	@echo "Installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements.lock
	@touch $@

# The build tools are in the lock, so nothing is fetched here.
$(VENV)/.project: pyproject.toml $(VENV)/.locked
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDOR)/.built: package.json package-lock.json designsystemet.config.json deploy/assets.py $(VENV)/.locked
	@$(BIN)/python -m deploy.assets

$(VENV)/.catalogues: $(CATALOGUES) $(VENV)/.project
	@$(BIN)/python -m sammen.web.i18n compile
	@touch $@
