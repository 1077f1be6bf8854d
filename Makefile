# make demo   train a classifier on real data, from a fresh clone
# make test   lint, types and tests
# Each sets up what it needs in .venv the first time, and again when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check

.PHONY: demo test test-all bench clean
.DELETE_ON_ERROR:

demo: $(VENV)/ready
	@$(BIN)/python -m nn.demo

test: $(VENV)/ready-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not slow"

test-all: $(VENV)/ready-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m pytest

bench: $(VENV)/ready-bench
	$(BIN)/python benchmarks/eager.py

# Debian's python3 may lack ensurepip; any pip on the machine can then fill the environment from outside.
$(VENV)/made:
	@echo "Setting up $(VENV) (once) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV)
	@touch $@

INSTALL = if [ -x $(BIN)/pip ]; then $(BIN)/pip install $(PIP_FLAGS) -e "$(1)"; \
	else $(PYTHON) -m pip --python $(BIN)/python install $(PIP_FLAGS) -e "$(1)"; fi

$(VENV)/ready: $(VENV)/made pyproject.toml
	@$(call INSTALL,.)
	@touch $@

$(VENV)/ready-test: $(VENV)/made pyproject.toml
	@$(call INSTALL,.[test])
	@touch $@ $(VENV)/ready

$(VENV)/ready-bench: $(VENV)/made pyproject.toml
	@$(call INSTALL,.[bench])
	@touch $@ $(VENV)/ready

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
