# make demo   train a classifier on real data, from a fresh clone
# make test   lint, types and tests
# make tests  the tests alone; with PYTHON=python3.13 VENV=.venv-3.13, by another Python in a place of its own
# make stub   prints the types of every row for editors, into autograd/__init__.pyi and autograd/core/methods.pyi
# make lab    open the notebooks in JupyterLab; `make notebooks` builds them from notebooks/src
# Each sets up what it needs in .venv the first time, and again when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check
# Tests run side by side, but for those that measure time or memory, which come last.
PYTEST := $(BIN)/python -m pytest
SIDE_BY_SIDE := -n auto --maxprocesses 4

.PHONY: demo test tests test-all bench bench-quick bench-native bench-loops notebooks lab hero stub clean
.DELETE_ON_ERROR:

demo: $(VENV)/ready
	@$(BIN)/python -m nn.demo

test: $(VENV)/ready-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(PYTEST) $(SIDE_BY_SIDE) -m "not slow and not alone"
	$(PYTEST) -m "not slow and alone"

tests: $(VENV)/ready-test
	$(PYTEST) $(SIDE_BY_SIDE) -m "not slow and not alone"
	$(PYTEST) -m "not slow and alone"

test-all: $(VENV)/ready-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(PYTEST) $(SIDE_BY_SIDE) -m "not alone"
	$(PYTEST) -m alone

bench: $(VENV)/ready
	@$(BIN)/python benchmarks/run.py

bench-quick: $(VENV)/ready
	@$(BIN)/python benchmarks/run.py --quick

bench-native: $(VENV)/ready
	@$(BIN)/python benchmarks/run.py --only native

bench-loops: $(VENV)/ready
	@$(BIN)/python benchmarks/loops.py

notebooks: $(VENV)/ready-test
	@$(BIN)/python notebooks/build.py
	@$(BIN)/python notebooks/build.py --check

lab: $(VENV)/ready-lab
	$(BIN)/jupyter lab notebooks

hero: $(VENV)/ready
	@$(BIN)/python docs/hero.py

stub: $(VENV)/ready
	@$(BIN)/python docs/stub.py

# A python3 without ensurepip (Debian's, bare) makes an empty environment, which any pip or uv fills from outside.
$(VENV)/made:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "Python 3.11 or newer is needed; name one, as in: make demo PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV); }
	@touch $@

INSTALL = if [ -x $(BIN)/pip ]; then $(BIN)/pip install $(PIP_FLAGS) -e "$(1)"; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m pip --python $(BIN)/python install $(PIP_FLAGS) -e "$(1)"; \
	elif command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -e "$(1)"; \
	else echo "There is no pip to install numpy with; install python3-venv, pip or uv first."; exit 1; fi

$(VENV)/ready: $(VENV)/made pyproject.toml
	@$(call INSTALL,.)
	@touch $@

$(VENV)/ready-test: $(VENV)/made pyproject.toml
	@$(call INSTALL,.[test])
	@touch $@ $(VENV)/ready

$(VENV)/ready-lab: $(VENV)/made pyproject.toml
	@$(call INSTALL,.[notebooks])
	@touch $@ $(VENV)/ready

clean:
	rm -rf .venv .venv-* out .pytest_cache .mypy_cache .ruff_cache .hypothesis
