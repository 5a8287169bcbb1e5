# The house in one file: `make help` lists what it does. Everything happens in .venv; nothing outside the folder is touched.
#
# The environment is what uv.lock says, with uv or with pip. Where only a mirror can be reached and lacks those versions, the ranges of
# pyproject.toml are installed by name; what other versions of ruff and mypy then ask for is shown and does not stop the tests.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
UV ?= $(shell command -v uv 2>/dev/null)
# one more than processors: some tests wait
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)
OUT ?= data
# the tests of a file share what they made; files in their order, so that the longest are not left to the end
SHARED := --dist loadfile --no-loadscope-reorder

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BY_NAME := $(VENV)/.by-name
export PYTHONUTF8 = 1
export UV_PYTHON_DOWNLOADS = never
# The tests start hundreds of processes: what one of them has compiled, the others need not compile again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env run test test-all lint types format lock samples docs pictures repair-report bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*## /\t/' | while IFS='	' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

env: $(READY) ## the environment in .venv, made once and again when pyproject.toml or uv.lock change

$(READY): pyproject.toml uv.lock hatch_build.py ita_extract/engines/batch.c ita_extract/repair/walk.c
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none is on the path. Install one, or say: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed; $(PYTHON) is {sys.version.split()[0]}. Say: make PYTHON=/path/to/python3.12")'
	@rm -rf $(VENV)
	@if [ -n "$(UV)" ] && echo "Making the environment with uv" \
		&& UV_PROJECT_ENVIRONMENT=$(VENV) "$(UV)" sync --quiet --frozen --all-groups --python "$(PYTHON)"; then :; \
	else rm -rf $(VENV); $(MAKE) --no-print-directory pip-env; fi
	@touch $@

PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
define LOCKED
import tomllib
for p in tomllib.load(open("uv.lock", "rb"))["package"]:
    if "registry" in p["source"]:
        print(p["name"] + "==" + p["version"], " or ".join(f"({m})" for m in p.get("resolution-markers", ())), sep=" ; " if p.get("resolution-markers") else "")
endef
export LOCKED

.PHONY: pip-env
pip-env:
	@echo "Making the environment with pip"
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade 'pip>=25.1'
	@$(BIN)/python -c "$$LOCKED" > $(VENV)/locked.txt
	@$(PIP) --constraint $(VENV)/locked.txt --editable . --group dev --group samples || { \
		echo "The versions of uv.lock cannot be had here: installing by name" >&2; \
		$(PIP) --editable . --group dev --group samples && touch $(BY_NAME); }

run: $(READY) ## the main job: read samples/, publish a release into data/ (OUT=...), print the summary
	@status=0; $(BIN)/ita-extract run samples --out $(OUT) || status=$$?; \
	if [ $$status -ne 0 ] && [ $$status -ne 3 ]; then exit $$status; fi; \
	printf '\nThe release lies in %s/releases/%s\n' "$(OUT)" "$$(cat $(OUT)/CURRENT)"; \
	if [ $$status -eq 3 ]; then echo "Something was rejected or contradicted: the summary says what (exit code 3 of the command)."; fi

# loadfile: what the tests of a file share is made once, and not in every process.
test: $(READY) lint types ## lint, types and every test that is not slow
	$(BIN)/python -m pytest -n $(JOBS) $(SHARED) -m "not slow"

test-all: $(READY) lint types ## the same with the slow tests, and laws searched with fresh examples
	ITA_TEST_SEARCH=1 $(BIN)/python -m pytest -n $(JOBS) $(SHARED)

lint: $(READY)
	$(BIN)/ruff check . || test -f $(BY_NAME)
	$(BIN)/ruff format --check . || test -f $(BY_NAME) || { echo "Not in the form that the house keeps: run make format" >&2; exit 1; }

types: $(READY)
	$(BIN)/mypy || test -f $(BY_NAME)

format: $(READY) ## put the code into the form that the tests ask for
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

samples: $(READY) ## rebuild the PDFs in samples/ and their expected rows
	$(BIN)/python -m samples.forge

docs: $(READY) ## write the data dictionary, docs/datasets.md, from rules/fields.toml
	$(BIN)/python -m ita_extract.rulebook.datadictionary > docs/datasets.md

pictures: $(READY) ## make the pictures of the documentation, docs/pictures/*.png, from the samples (needs Chromium)
	$(BIN)/python -m docs.pictures

BENCH ?=
bench: $(READY) ## speed and memory beside pdfplumber and pdfium's bare text, into docs/benchmarks.md (BENCH=file.pdf)
	$(BIN)/python -m bench $(BENCH) --write

repair-report: $(READY) ## how well damaged Thai is repaired, on the cases of the project
	$(BIN)/python -m ita_extract.repair.report

lock: ## resolve uv.lock anew, against the public index
	"$(UV)" lock --upgrade --default-index https://pypi.org/simple

clean: ## remove the environment and every cache; data/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
