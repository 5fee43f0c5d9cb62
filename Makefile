# make demo: see it work, no account needed.   make test: run the tests.   make check: all that CI runs.
VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN = $(VENV)/bin

.PHONY: demo test quick lint types bench picture catalogue check soak coverage oldest
demo: $(VENV)/demo.installed
	$(BIN)/kisq watch DNASAAPL --sim --duration 20s

test: $(VENV)/test.installed
	$(BIN)/pytest -n 8 --dist worksteal  # they wait more than they work

quick: $(VENV)/test.installed
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal -m 'not (soak or process or server or long)' --hypothesis-profile quick

lint: $(VENV)/test.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/test.installed
	$(BIN)/mypy --strict kisq

oldest: PYTHON = python3.11
oldest:  # the suite with the oldest version of each direct dependency, in an environment of its own
	$(MAKE) test VENV=.venv-oldest PYTHON=$(PYTHON) PIP_CONSTRAINT=tests/oldest.txt

bench: $(VENV)/bench.installed  # a quarter of an hour, on a machine that does nothing else
	$(BIN)/python bench/run.py --write
	$(BIN)/python bench/tap.py --write

coverage: $(VENV)/test.installed
	rm -f .coverage*
	$(BIN)/coverage run -m pytest -n 6
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='kisq/spec/*,kisq/wire/*,kisq/hours/*,kisq/reasons/*' --fail-under=100
	$(BIN)/coverage report

soak: $(VENV)/soak.installed  # an hour and a half; KISQ_SOAK_SECONDS=180 for less
	$(BIN)/pytest -m soak -n 3 -o faulthandler_timeout=0
	KISQ_SIGNALS=150 $(BIN)/pytest -n 3 tests/run/test_random_signals.py
	$(BIN)/python tests/fuzz.py streams 100000
	$(BIN)/python tests/fuzz.py captures 300000
	$(BIN)/python tests/fuzz.py texts 550000
	$(BIN)/python tests/fuzz.py screens 50000

picture: $(VENV)/test.installed
	KISQ_LANG=en $(BIN)/python bench/picture.py docs
	KISQ_LANG=ko $(BIN)/python bench/picture.py docs
	KISQ_LANG=en $(BIN)/python bench/tap_picture.py docs/tap.svg
	KISQ_LANG=ko $(BIN)/python bench/tap_picture.py docs/tap.ko.svg

catalogue: $(VENV)/test.installed  # after a sentence has changed; names what has no Korean yet
	$(BIN)/python tests/helpers/catalogue.py
	$(BIN)/python tests/helpers/man_page.py en >docs/man/kisq.1
	$(BIN)/python tests/helpers/man_page.py ko >docs/man/ko/kisq.1

check: lint types test

$(VENV)/demo.installed: EXTRA = sim
$(VENV)/test.installed: EXTRA = test
$(VENV)/bench.installed: EXTRA = bench
$(VENV)/soak.installed: EXTRA = soak
$(VENV)/%.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "kisq needs Python 3.11 or later: install it first" >&2; exit 1; }
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRA)]'
	touch $@
