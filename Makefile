# Every verb of the course. `make help` lists them; each one sets up what it needs.
.DEFAULT_GOAL := help
SHELL  := /bin/bash
PYTHON ?= python3
VENV   := .venv
BIN    := $(CURDIR)/$(VENV)/bin
# nbgrader starts `alembic` and Jupyter starts kernels by name, so the environment is activated, not just addressed.
export PATH := $(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

CHAPTERS := $(wildcard book/[0-9]*.md)

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.course: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This course needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python can't make virtual environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.course
	@echo "Adding what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -e '.[test]'
	@touch $@

.PHONY: book
book: $(VENV)/.course ## set up and build the book
	@rm -rf _build/html  # a page that has been removed must not be left there
	@jupyter-book build . -W -n --keep-going --quiet
	@echo "The book is ready. Open file://$(CURDIR)/_build/html/index.html"

.PHONY: test
test: $(VENV)/.test ## set up and verify everything that CI verifies
	@tools/verify

.PHONY: chapters
chapters: $(VENV)/.course ## execute the chapters that changed and store their outputs
	@python tools/chapters.py refresh

.PHONY: release
release: $(VENV)/.course ## make exercises/ from solutions/
	@python tools/release.py write

.PHONY: demo
demo: $(VENV)/.course ## grade a small class of real notebooks and print the marks
	@python tools/demo.py

.PHONY: lab
lab: $(VENV)/.course ## open JupyterLab on the exercises
	@jupyter lab --notebook-dir=exercises

.PHONY: serve
serve: book ## serve the built book on http://localhost:8000
	@python -m http.server --bind 127.0.0.1 --directory _build/html 8000

.PHONY: lock
lock: $(VENV)/.test ## resolve pyproject.toml's `course` extra into requirements.txt
	@uv pip compile --universal --python-version 3.11 --extra course --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate --quiet pyproject.toml -o requirements.txt

.PHONY: clean
clean: ## remove everything that was built, the environment too
	@rm -rf $(VENV) _build *.egg-info
