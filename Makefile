# Every target makes the environment first; nothing else needs to be installed by hand.
# `make run` and `make test` are the two commands to know.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
CACHE   := $(or $(PORTAL_CACHE),$(HOME)/.cache/portal)
MINIO   := $(CACHE)/bin/minio
NODE    := tools/contracts/node
# The community repository is archived; this commit still builds and is the last one.
MINIO_MODULE := github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

PACKAGES  := libs/contracts libs/x12 libs/runtime libs/client $(wildcard services/*) cli
PROJECTS  := $(wildcard $(addsuffix /pyproject.toml,$(PACKAGES)))
NO_INFRA  := tests/unit tests/contracts tests/model tests/deploy
ALL_TESTS := $(NO_INFRA) tests/conformance tests/integration tests/e2e tests/chaos
PYTEST_ARGS ?=
# Several tests at once: those on servers wait more than they work. A file stays with one worker.
SPREAD    := --dist loadfile --no-loadscope-reorder
# Where this is set, each of the processes that tests start would compile all its modules anew.
export PYTHONDONTWRITEBYTECODE :=
# Without BuildKit, so that a plain engine is enough. With wheels in deploy/wheels no index is asked.
IMAGE_BUILD = DOCKER_BUILDKIT=0 docker build -q -f deploy/Dockerfile -t $(or $(PORTAL_IMAGE),portal:local) \
	$(if $(wildcard deploy/wheels/*.whl),--build-arg PIP_NO_INDEX=1) \
	$(if $(PORTAL_PYTHON_IMAGE),--build-arg PYTHON_IMAGE=$(PORTAL_PYTHON_IMAGE)) .

.PHONY: run test check bench chaos demo clean-data up down test-containers venv contracts node minio lock help \
	lint style types imports all-tests quick-tests
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(STAMP) ## infrastructure, six services and demo data; Ctrl-C stops all of it; VERBOSE=1
	@$(BIN)/portal up $(if $(VERBOSE),--verbose) $(UP_ARGS)

test: $(STAMP) node minio ## everything: lint, types, import rules, all tests on real servers
	@$(MAKE) --no-print-directory -j lint all-tests

check: $(STAMP) node ## what needs no infrastructure: lint, types, import rules, unit and contract tests
	@$(MAKE) --no-print-directory -j lint quick-tests

all-tests: $(STAMP)
	@$(BIN)/python -m pytest -n 3 $(SPREAD) $(wildcard $(ALL_TESTS)) $(PYTEST_ARGS)

quick-tests: $(STAMP)
	@$(BIN)/python -m pytest -n 2 $(SPREAD) $(wildcard $(NO_INFRA)) $(PYTEST_ARGS)

lint: style types imports

style: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy

imports: $(STAMP)
	@$(BIN)/lint-imports

contracts: $(STAMP) ## after an edit of a contract: schemas, AsyncAPI document, golden examples, problem codes
	@$(BIN)/python -m tools.contracts export

bench: $(STAMP) minio ## throughput, latency, timers, memory, recovery, fan-out, backlog; BENCH_ARGS="--only latency"
	@$(BIN)/python -m tools.bench $(BENCH_ARGS)

chaos: $(STAMP) minio ## the portal under fire: SEED=1 MINUTES=15 ONLY=1,4,16
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(ONLY),--only $(ONLY)) $(CHAOS_ARGS)

demo: $(STAMP) ## the story on synthetic data, against a stack that `make run` started
	@$(BIN)/portal demo

clean-data: ## forget everything `make run` stored (that of `make up` stays)
	@if [ -x $(BIN)/portal ]; then $(BIN)/portal clean-data; else rm -rf .data; fi

up: ## the same stack by docker compose
	$(IMAGE_BUILD)
	docker compose up --wait

down: ## stops it; the data stays in its volumes
	docker compose down

test-containers: $(STAMP) ## integration tests on servers in containers, and the compose file itself
	@PORTAL_TEST_INFRA=containers $(BIN)/python -m pytest tests/integration $(PYTEST_ARGS)
	$(IMAGE_BUILD)
	@$(BIN)/python -m pytest tests/containers $(PYTEST_ARGS)

venv: $(STAMP) ## only the environment

$(STAMP): requirements-dev.lock $(PROJECTS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "environment: installing what requirements-dev.lock names (first time about a minute)"
	@awk '/^uv==/{on=1} on{print} on && !/\\$$/{exit}' requirements-dev.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-build-isolation --no-deps \
		$(foreach p,$(patsubst %/pyproject.toml,%,$(PROJECTS)),-e $(p))
	@touch $@

node: $(NODE)/node_modules/.package-lock.json

# AsyncAPI's own parser and the TypeScript compiler, for the tests of the contracts.
$(NODE)/node_modules/.package-lock.json: $(NODE)/package-lock.json
	@if command -v npm >/dev/null; then \
		cd $(NODE) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json; \
	else echo "node: no npm here; tests of the AsyncAPI document and of TypeScript are left out"; fi

minio: $(MINIO)

# Integration tests want a real MinIO. Without Go they fall back to the S3 server of a wheel.
$(MINIO):
	@if [ -n "$$MINIO_ENDPOINT" ] || command -v minio >/dev/null; then exit 0; \
	elif command -v go >/dev/null; then \
		echo "minio: building it once into $(MINIO) (about four minutes)"; \
		mkdir -p $(dir $(MINIO)) && GOBIN=$(dir $(MINIO)) CGO_ENABLED=0 go install $(MINIO_MODULE); \
	else echo "minio: no Go here to build it; the embedded S3 server is used instead"; fi

lock: $(STAMP) ## after an edit of requirements*.in
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
		--python-version 3.11 --no-header requirements.in -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --universal \
		--python-version 3.11 --no-header -c requirements.lock requirements-dev.in -o requirements-dev.lock
