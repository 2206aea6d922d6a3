# Needs make and Python 3.11 or newer; everything else is fetched into .venv/ and node_modules/.
#   PYTHON      which Python makes .venv
#   HOJO_DATA   data folder of the demo
#   PORT        port of the demo's website
#   TESTS       what `make test` runs, e.g. make test TESTS=tests/web
#   WITHOUT_COVERAGE  when set, `make check` leaves out the tests with coverage
PYTHON ?= python3
HOJO_DATA ?= .hojo
PORT ?= 8080
TESTS ?=
WITHOUT_COVERAGE ?=
SETUP := $(PYTHON) web/setup/environment.py
BIN := .venv/bin
# Tests of one group (the demo's, say) share what is slow to make, so they stay in one process.
PYTEST := $(BIN)/pytest -n 2 --dist loadgroup $(TESTS)

export HOJO_DATA PORT
.DEFAULT_GOAL := help
.PHONY: help demo setup setup-dev setup-browser test check lint types imports templates coverage bench bench-search screenshots lock clean
# One target after the other: they share the environment and two cores.
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Start everything with made-up data and print the address (Ctrl-C stops it)
	@exec $(BIN)/hojo demo run

test: setup-dev setup-browser ## Run all tests, on a throw-away PostgreSQL and a real browser
	$(PYTEST)

check: lint types imports templates $(if $(WITHOUT_COVERAGE),,coverage) ## Lint, types, import rules, templates, and all tests with coverage

lint: setup-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup-dev
	$(BIN)/mypy

imports: setup-dev
	$(BIN)/lint-imports

templates: setup-dev
	$(BIN)/djlint --lint web/templates web/demo/templates

coverage: setup-dev setup-browser ## Run all tests and measure what they reach (takes nearly twice as long)
	$(PYTEST) --cov --cov-report=term

bench: setup-dev ## Measure estimates, search, pages and sign-in beside their baselines (see bench/)
	$(BIN)/python -m bench.estimates
	$(BIN)/python -m bench.search_engine 10000 50000
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.needs
	$(BIN)/python -m bench.isolation
	$(BIN)/python -m bench.sign_in

bench-search: setup-dev ## Judge what a search finds on 50,000 packages and write docs/search-quality.md
	$(BIN)/python -m bench.search_quality 50000 docs/search-quality.md

screenshots: setup-dev setup-browser ## Take a picture of every page at 390 and 1280 px, into screenshots/
	$(BIN)/python -m tests.browser.screenshots

lock: ## Make the lock files anew (needs uv and npm); make lock UPGRADE=--upgrade takes newer versions
	$(PYTHON) requirements/lock.py $(UPGRADE)

clean: ## Remove what was fetched and made, but not the demo's data
	rm -rf .venv node_modules web/static/vendor web/pdf/fonts *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* screenshots

setup:
	@$(SETUP) base

setup-dev:
	@$(SETUP) dev

setup-browser:
	@$(SETUP) browser
