# Everything a newcomer needs: `make run` and `make test`.

VENV := .venv
TOOLS := .tools
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
# uv finds or fetches Python 3.10, which Rasa 3.6 needs, even where only a newer python3 is on the path.
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)

# One worker a processor; a file stays with one worker, because its tests share servers. In the order of the folders,
# the long files come first.
WORKERS := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run train test check format interleavings bench lock clean help

help:
	@echo "make run     set up, train if needed, and serve the demo on http://127.0.0.1:8000/"
	@echo "make test    run every test"
	@echo "make check   ruff and mypy --strict"
	@echo "make interleavings  10,000 interleavings of person, agents, bot and time"
	@echo "make bench   measure speed and size; prints a table"
	@echo "make train   train a model from data/ and put it to use"
	@echo "make format  format the code"
	@echo "make lock    resolve the dependencies anew into requirements.lock"

run: $(READY)
	$(VENV)/bin/ventanilla run --demo

train: $(READY)
	$(VENV)/bin/ventanilla train

test: $(READY)
	$(PY) -m pytest $(WORKERS) $(TESTS)

check: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

interleavings: $(READY)
	INTERLEAVINGS=10000 $(PY) -m pytest tests/desk/test_one_voice.py -s

bench: $(READY)
	$(PY) -m bench $(BENCH)

format: $(READY)
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

lock: $(UV)
	$(UV) pip compile pyproject.toml --extra dev --generate-hashes --python-version 3.10 \
	    --no-emit-index-url --no-header -q -o requirements.lock

$(TOOLS)/bin/uv:
	python3 -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv

$(READY): $(UV) requirements.lock pyproject.toml
	test -x $(PY) || $(UV) venv --quiet --python 3.10 $(VENV)
	# Compiled now, once: a start that has to compile what it imports takes twice as long.
	$(UV) pip sync --quiet --python $(PY) --compile-bytecode requirements.lock
	$(UV) pip install --quiet --python $(PY) --no-deps -e .
	$(PY) -m compileall -q bot actions
	touch $(READY)

clean:
	rm -rf $(VENV) $(TOOLS) .mypy_cache .ruff_cache .pytest_cache
