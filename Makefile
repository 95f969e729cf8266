# The same words on a laptop and in CI. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lock clean
STAGES := .venv/bin/python scripts/stages.py

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: ## make .venv with everything that Beistand needs
	@sh scripts/setup

demo: setup ## show offers and needs of a synthetic Düsseldorf, matched, in the browser
	@.venv/bin/beistand demo

test: setup ## lint, types, contracts, docs and all tests
	@$(STAGES)

check: setup ## only what takes seconds: lint, types, contracts, dependencies
	@$(STAGES) lint format types contracts dependencies generated

format: setup ## let ruff put the code in order
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile --quiet --upgrade --universal --generate-hashes \
		--no-emit-index-url --no-emit-find-links \
		--group dev pyproject.toml --output-file requirements.lock

clean: ## remove .venv and what tools left behind; nobody's data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .grimp_cache build dist
