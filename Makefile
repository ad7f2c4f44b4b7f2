# Two commands: `make demo` tries Genvej out, `make test` checks it. `make proof` runs the long proofs.
PYTHON ?= python3
PORT ?= 8080
HOME_FOLDER ?= demo-home
# A failing command fails its recipe, also where its output is kept in a file.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test proof bench reference clean
.DEFAULT_GOAL := demo

demo: $(READY)
	@exec $(BIN)/genvej demo --home $(HOME_FOLDER) --port $(PORT)

test: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=
	$(BIN)/coverage report --skip-covered
	$(BIN)/coverage report --include='passports/*,htsget/index/*' --fail-under=100

proof: $(READY)
	mkdir -p build
	GENVEJ_PROOF=1 $(BIN)/pytest -n 2 --dist loadfile --junitxml=build/proof.xml | tee build/proof.txt

bench: $(READY)
	$(BIN)/python -m benchmarks

reference: $(READY)
	$(BIN)/python -m node.reference > docs/reference.md

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Genvej needs Python 3.11 or newer; say make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e . --group dev
	$(BIN)/python -m loaders.prepare_kernels
	@touch $@

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
