PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
BENCHES ?= $(filter-out __init__ peers synthetic clusters,$(basename $(notdir $(wildcard bench/*.py))))

.PHONY: help serve test test-lowest lint bench cite gallery vendor translations clean
.DEFAULT_GOAL := help

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(BIN)/ibar: setup.cfg constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: $(BIN)/ibar
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

serve: $(BIN)/ibar ## Install into .venv and serve the map on http://127.0.0.1:8000
	$(BIN)/ibar serve --host $(HOST) --port $(PORT)

test: $(VENV)/.test ## Install into .venv and run every test (IBAR_TEST_SYSTEM=1 also installs system packages with apt)
	@if [ "$$IBAR_TEST_SYSTEM" = 1 ]; then sh tests/system.sh; fi
	$(BIN)/python -m pytest -n auto

test-lowest: ## Run the tests on the oldest dependencies that setup.cfg allows, in .venv-lowest
	$(PYTHON) -m venv .venv-lowest
	$(PYTHON) tests/lowest.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint .venv-lowest/constraints.txt --editable '.[test]'
	.venv-lowest/bin/python -m pytest -n auto --deselect tests/test_architecture.py

lint: $(VENV)/.test ## Run ruff, mypy and import-linter alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.test ## Run the benchmarks against peers
	@for script in $(BENCHES); do echo "== $$script"; $(BIN)/python -m bench.$$script || exit 1; done

cite: $(VENV)/.test ## Run the OGC's test suite of OGC API - Features against the service (Java 17 and Maven, or IBAR_CITE_JAR)
	$(BIN)/python -m tests.cite

gallery: $(BIN)/ibar ## Draw the pictures of docs/maps.md from the shipped events
	$(BIN)/python docs/gallery.py

vendor: ## Fetch the browser assets anew, check them, and write them to app/static/vendor
	$(PYTHON) app/static/vendor.py

translations: $(BIN)/ibar ## Take new words into the catalogues, write the Cyrillic one, compile all
	$(BIN)/python app/translations/build.py

clean: ## Remove what make made
	rm -rf $(VENV) .venv-lowest .mypy_cache .ruff_cache .pytest_cache .hypothesis
