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
# Tests of one file share what is slow to make (the demo, a house), so they stay in one process; slow files come first
# (tests/conftest.py), so that no process waits at the end.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

export HOJO_DATA PORT
.DEFAULT_GOAL := help
.PHONY: help demo setup setup-dev setup-browser test check lint types imports templates coverage cover-rules bench bench-search screenshots lock clean
# One target after the other: they share the environment and two cores.
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

# Those of the rules' tests that need no database, or hardly one: they alone have to reach every branch.
RULES_TESTS := tests/marketplace/subsidy $(addprefix tests/marketplace/test_,cash_flow.py consumption_tax.py needs_sets.py outlay.py quote_rules.py) \
  $(addprefix tests/catalogue/test_,differences.py effects.py package_rules.py pricing_units.py problems.py \
    synonyms.py traits.py vocabulary.py) \
  $(addprefix tests/search/test_,analyser.py budgets.py character_forms.py character_readings.py clusters.py \
    consonants.py okurigana.py phrases.py romaji.py spellings.py wishes.py) \
  $(addprefix tests/tenants/test_,identity_profiles.py numbers.py one_form.py same_business.py typed_numbers.py workflow.py)

cover-rules: setup-dev ## Measure that the rules' own tests reach every branch of the rules
	$(BIN)/pytest -n 2 $(RULES_TESTS) --cov --cov-config=tests/rules.coveragerc --cov-report=term

coverage: setup-dev setup-browser ## Run all tests and measure what they reach (takes nearly twice as long)
	$(PYTEST) --cov --cov-report=term

bench: setup-dev ## Measure estimates, search, pages and sign-in beside their baselines (see bench/)
	$(BIN)/python -m bench.estimates
	$(BIN)/python -m bench.search_engine 10000 50000
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.suggestions 50000
	$(BIN)/python -m bench.needs
	$(BIN)/python -m bench.reestimate 50000 copies
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
