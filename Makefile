# Two commands for everybody: `make run` and `make test`. The rest is for people who work on Lianxi.
.DEFAULT_GOAL := help
.PHONY: help install install-test install-gateway run gateway test conformance graphiql lint lock bench compile uncompile clean

PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 13)))' 2>/dev/null && command -v $$p && break; done)
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
LIANXI := $(VENV)/bin/lianxi
HOST ?= 127.0.0.1
PORT ?= 8000

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.run: requirements/build.lock requirements/run.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Lianxi needs Python 3.11 or 3.12: install it, or name it with make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(VENV)/bin/python || { echo "making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing the pinned libraries (a minute or two, once)"
	@$(PIP) install --require-hashes -r requirements/build.lock
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@command -v npm >/dev/null && $(MAKE) --no-print-directory graphiql || echo "GraphiQL is not installed; make graphiql does it later"
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.lock
	@echo "installing the libraries of the test suite"
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/test.lock
	@touch $@

install: $(VENV)/.run ## make .venv with the pinned libraries

install-test: $(VENV)/.test ## the same with what the test suite needs

run: $(VENV)/.run ## install, migrate, load the demo city, serve
	@$(LIANXI) serve --demo --host $(HOST) --port $(PORT)

test: $(VENV)/.test ## the whole suite, on SQLite and PostgreSQL
	@$(VENV)/bin/python -m pytest -n auto $(PYTEST_FLAGS)

# npm of the machine, or else of a wheel in a venv of its own.
NODE := .node
WITH_NODE := PATH="$$PATH:$(CURDIR)/$(NODE)/bin"

$(NODE)/.ready: requirements/node.lock
	@mkdir -p $(NODE)
	@command -v npm >/dev/null || { $(PYTHON) -m venv $(NODE) && \
		$(NODE)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/node.lock; }
	@touch $@

conformance/node_modules/.ready: $(NODE)/.ready conformance/package-lock.json
	@echo "installing the pinned suites and clients of other makers"
	@cd conformance && $(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

examples/%/node_modules/.ready: $(NODE)/.ready examples/%/package-lock.json
	@echo "installing what the examples of $* are pinned to"
	@cd examples/$* && $(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

EXAMPLES := examples/partners/node_modules/.ready examples/gateway/node_modules/.ready
GATEWAY ?= hive

install-gateway: $(EXAMPLES) ## what the example gateways and partners need

gateway: $(VENV)/.run $(EXAMPLES) ## hub, five partners and a gateway over them (GATEWAY=hive or apollo)
	@$(WITH_NODE) node examples/gateway/up.mjs $(GATEWAY)

PRODUCTS := conformance/products

$(PRODUCTS)/node_modules/.ready: $(NODE)/.ready $(PRODUCTS)/package-lock.json
	@echo "installing Apollo's suite for subgraphs"
	@cd $(PRODUCTS) && $(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(PRODUCTS)/.libraries/.ready: $(VENV)/.run requirements/conformance.lock
	@$(PIP) install --require-hashes --no-deps --upgrade --target $(@D) -r requirements/conformance.lock
	@touch $@

OF_CONFORMANCE := $(addsuffix /node_modules/.ready,conformance $(PRODUCTS)) $(PRODUCTS)/.libraries/.ready $(EXAMPLES)

conformance: $(VENV)/.run $(OF_CONFORMANCE) ## audits by suites and clients of other makers (needs npm or fetches it)
	@$(WITH_NODE) $(VENV)/bin/python conformance/run.py $(SCRIPTS)

server/graphiql/node_modules/.ready: $(NODE)/.ready server/graphiql/package-lock.json
	@cd server/graphiql && $(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

graphiql: server/graphiql/node_modules/.ready ## the files of /graphiql (needs npm or fetches it)

lint: $(VENV)/.test ## linters, types, import contract
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

# The modules that turn words into facts. Compiled ones take the place of their sources until `make uncompile`.
COMPILED := $(addprefix rules/,casting.py clauses.py cues.py evidence.py facts.py lexicon.py matter.py quantities.py readings.py sightings.py)

compile: $(VENV)/.test uncompile ## the reading of texts as machine code, half as fast again (needs a C compiler)
	@$(VENV)/bin/mypyc $(COMPILED) > build-compile.log 2>&1 || { cat build-compile.log; exit 1; }
	@rm build-compile.log

uncompile: ## back to the sources
	@rm -f *__mypyc*.so rules/*.so

lock: $(VENV)/.run ## pin the newest allowed libraries (needs `uv` on the PATH)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -o requirements/build.lock requirements/build.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c requirements/build.lock -o requirements/run.lock pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -o requirements/node.lock requirements/node.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -o requirements/conformance.lock requirements/conformance.in
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -c requirements/run.lock --extra test -o requirements/test.lock pyproject.toml

clean: ## remove what was built; databases under var/ stay
	rm -rf $(VENV) $(NODE) build *__mypyc*.so rules/*.so *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
