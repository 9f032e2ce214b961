# Every verb of the course. `make help` lists them; each one sets up what it needs.
.DEFAULT_GOAL := help
SHELL  := /bin/bash
PYTHON ?= python3
VENV   := .venv
BIN    := $(CURDIR)/$(VENV)/bin
# nbgrader starts `alembic` and Jupyter starts kernels by name, so the environment is activated, not just addressed.
export PATH := $(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

# What the book is made of, with the folders of its pages, because one may be gone; and what says that it was built.
SOURCES := $(shell find $(CURDIR)/book -not -path '*/__pycache__*') _config.yml _toc.yml $(if $(RNNLM_LAB),$(RNNLM_LAB)/state) \
  $(shell find rnnlm_ref rnnlm_figures rnnlm_grader solutions exercises jupyter -type f -not -path '*/__pycache__/*')
BOOK := _build/html/.made$(if $(RNNLM_LAB),-with-lab)

.PHONY: help
help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.course: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This course needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python can't make virtual environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@touch $@

$(VENV)/.test: $(VENV)/.course tests/book/package-lock.json
	@echo "Adding what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.txt -e '.[test]'
	@! command -v npm >/dev/null || npm ci --prefix tests/book --loglevel=error --no-audit --no-fund --fetch-retries=1 >/dev/null
	@touch $@

$(BOOK): $(VENV)/.course $(SOURCES)
	@rm -rf _build/html _build/.doctrees  # what has been removed, or hangs on a template, must not be left there
	@jupyter-book build . -W -n --keep-going --quiet >/dev/null  # warnings and errors go to stderr
	@touch $@

.PHONY: book
book: $(BOOK) ## set up and build the book, if anything has changed
	@echo "The book is ready. Open file://$(CURDIR)/_build/html/index.html"

.PHONY: browser
browser: $(VENV)/.course ## build the book, and in it a lab where the exercises run in the reader's own browser
	@if python browser/build.py; then RNNLM_LAB=_build/lab $(MAKE) -s book && echo "The exercises in it open once it is served: make serve"; \
	  else $(MAKE) -s book; echo "There is no lab in it, see above."; exit 1; fi

.PHONY: test
test: $(VENV)/.test ## set up and verify: outputs, exercises, grader, reference
	@tools/verify

.PHONY: corpora
corpora: book $(VENV)/.test ## try every misconception and answer (SHARE=3: a third, PART=1: another), the hostile class, whatever takes long
	@OPENBLAS_NUM_THREADS=1 python -m pytest -q -n 3 --dist loadfile --share $(or $(SHARE),1) --part $(or $(PART),0) -m corpus tests

.PHONY: programs
programs: book $(VENV)/.test ## verify what needs a browser, a database server or podman, as far as these are here
	@OPENBLAS_NUM_THREADS=1 python -m pytest -q -n 2 --dist loadfile -m programs tests

.PHONY: pdf
pdf: $(VENV)/.test ## print the book to _build/rnnlm-course.pdf, by Chromium
	@python tools/pdf.py

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
lab: $(VENV)/.course ## open JupyterLab on the exercises, beside the book if it is built
	@if [ -d _build/html/book ]; then export RNNLM_BOOK_URL=/static; fi; \
	  export RNNLM_PROGRESS=$(CURDIR)/exercises/progress.json OPENBLAS_NUM_THREADS=1; \
	  export PYTHONSTARTUP=$(CURDIR)/rnnlm_grader/startup.py JUPYTER_PATH=$(CURDIR)/jupyter; \
	  jupyter lab --notebook-dir=exercises --ServerApp.extra_static_paths="['$(CURDIR)/_build/html']"

.PHONY: serve
serve: $(if $(wildcard _build/lab),browser,book) ## serve the book on http://localhost:8000; execute, rebuild and reload on every save
	@RNNLM_LAB=$(wildcard _build/lab) python tools/serve.py

.PHONY: classroom
classroom: ## open a JupyterHub here, for an instructor and STUDENTS="ada ben" (as root)
	@PYTHON=$(PYTHON) STUDENTS="$(STUDENTS)" classroom/start _build/classroom $(PORT)

.PHONY: circle
circle: $(VENV)/.test ## go round once in such a classroom, by a browser: release, hand in, grade, feedback
	@python -m pytest -q tests/hub

.PHONY: browser-test
browser-test: $(VENV)/.test browser ## work on every exercise in that lab, by a headless Chromium
	@python -m pytest -q -n 2 --dist loadfile tests/browser

.PHONY: bench
bench: $(VENV)/.test ## measure speed and memory, of the reference and of grading, as ratios
	@env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/bench.py
	@python benchmarks/grading.py

.PHONY: mutate
mutate: $(VENV)/.test ## change the right answers in every small way; the criteria must notice each
	@OPENBLAS_NUM_THREADS=1 python tools/mutate.py

.venv-parity/.ready: requirements.txt pyproject.toml
	@echo "Setting up .venv-parity with PyTorch ..."
	@$(PYTHON) -m venv .venv-parity
	@.venv-parity/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.txt 'torch<=2.13' numpy pytest
	@touch $@

.PHONY: newest
newest: ## build the book with the newest Sphinx and theme, in an environment of its own; it may fail
	@$(PYTHON) -m venv --clear .venv-newest
	@.venv-newest/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@.venv-newest/bin/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --upgrade \
	  sphinx sphinx-book-theme myst-nb  # newer than jupyter-book asks for
	@.venv-newest/bin/python -m pip list --disable-pip-version-check | grep -E '^(Sphinx|sphinx-book-theme|myst-nb|myst-parser) '
	@.venv-newest/bin/jupyter-book build . --path-output _build/newest -W -n --keep-going --quiet >/dev/null

.PHONY: parity
parity: .venv-parity/.ready ## compare the reference with PyTorch, in an environment of its own (large)
	@OPENBLAS_NUM_THREADS=1 .venv-parity/bin/python -m pytest -q tests/parity

LOCK := uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header \
  --no-annotate --quiet pyproject.toml
LOCK_BROWSER := uv pip compile --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
.PHONY: lock
lock: $(VENV)/.test ## resolve what pyproject.toml and browser/*.in ask for into the files of pins
	@$(LOCK) --extra course -o requirements.txt
	@$(LOCK) --extra classroom -c requirements.txt -o classroom/requirements.txt
	@$(LOCK_BROWSER) --universal --python-version 3.11 browser/builder.in -o browser/builder.txt
	@$(LOCK_BROWSER) --python-platform wasm32-pyodide2024 --python-version 3.14 \
	  $(addprefix --no-emit-package ,jedi parso prompt-toolkit wcwidth) browser/wheels.in -o browser/wheels.txt  # not needed here

.PHONY: clean
clean: ## remove everything that was built, the environment too
	@rm -rf $(VENV) .venv-parity .venv-browser .venv-classroom .venv-newest classroom/node_modules _build *.egg-info
