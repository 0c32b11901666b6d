# See README.md. Targets with a line of help are the ones meant for people; each first makes sure of what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python

.PHONY: help bootstrap demo demo-clean year test lint bench rules-off up down

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

bootstrap: ## install what is missing (Python packages, libraries, fonts), saying what
	@bash scripts/bootstrap.sh

demo: bootstrap ## the whole way on sample returns: intake, reports, approval, mail (state in var/demo)
	@$(PYTHON) scripts/demo.py

year: bootstrap ## the whole of 2022 at an accelerated clock, until each mailbox holds what it should (state in var/year)
	@bash scripts/bootstrap.sh --tests
	@$(PYTHON) scripts/year.py

demo-clean: ## forget the demo: stop what is left of it and delete var/demo
	@if [ -x $(PYTHON) ]; then ZHIBAO_VAR=var/demo $(PYTHON) scripts/services.py down; fi
	@rm -rf var/demo

test: lint ## all tests, in two halves at once (the first one's words: var/test-documents.log)
	@bash scripts/bootstrap.sh --tests
	@bash scripts/test.sh

lint: bootstrap ## style and likely mistakes
	@$(PYTHON) -m ruff check .

bench: bootstrap ## speed and memory against what one would write by hand, as ratios
	@$(PYTHON) bench/reading.py
	@$(PYTHON) bench/checking.py
	@$(PYTHON) bench/intake.py
	@$(PYTHON) bench/documents.py
	@$(PYTHON) bench/month.py
	@$(PYTHON) bench/history.py

rules-off: bootstrap ## turn each rule off in turn and see that a test notices (takes minutes)
	@bash scripts/bootstrap.sh --tests
	@$(PYTHON) scripts/rules_off.py

up: bootstrap ## leave Airflow running, with a printed login (state in var)
	@$(PYTHON) scripts/services.py up

down: ## stop what `make up` started
	@if [ -x $(PYTHON) ]; then $(PYTHON) scripts/services.py down; fi
