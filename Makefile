# Truthbake on a machine with Python 3.11 and make. Every target sets up what it needs; running it again is cheap.
#
#   make demo        bake the quickstart data set into demo/
#   make test        all tests, on the bpy module
#   make lint        ruff
#   make extension   the installable zip(s) in dist/      PLATFORM=all for every platform
#   make real        tests in a real Blender              BLENDER=/path/to/blender
#   make bench       the time table
#   make bench-panels  how long the sidebar takes to draw    BLENDER=/path/to/blender
#   make gallery     the recipe pictures of the documentation
#   make pictures    the sidebar's pictures               BLENDER=/path/to/blender
#   make translations  collect what is to be translated; tells what is untranslated
#   make clean
#
# BPY=4.2 or BPY=5.0 selects another Blender series; each has a virtual environment of its own.

BPY ?= 4.5
PYTHON ?= $(or $(shell command -v python3.11),python3)
BLENDER ?=
PLATFORM ?=
TESTS ?=

VENV := .venv$(if $(filter-out 4.5,$(BPY)),-$(BPY))
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test lint extension real bench bench-panels pictures gallery translations clean setup
.DELETE_ON_ERROR:

help:
	@sed -n '1,16s,^#  \{0\,1\},,p' Makefile

demo: $(READY)
	$(RUN) run_addon.py bake --recipe quickstart --output demo
	$(RUN) run_addon.py report demo
	@echo "Look at $(CURDIR)/demo/contact_sheet.png"

test: $(READY)
ifeq ($(strip $(TESTS)),)
	$(RUN) -m pytest -q tests/pure
	$(RUN) tools/test_apart.py
else
	$(RUN) -m pytest $(TESTS)
endif

lint: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

extension: $(READY)
	$(RUN) tools/build_extension.py $(addprefix --platform ,$(PLATFORM))

real: $(READY)
	BLENDER="$(BLENDER)" $(RUN) -m pytest tests/real $(TESTS)

bench-panels: $(READY)
	BLENDER="$(BLENDER)" $(RUN) tools/bench_panels.py

pictures: $(READY)
	PICTURES=docs/images/sidebar BLENDER="$(BLENDER)" $(RUN) -m pytest tests/real/test_first_data_set.py

bench: $(READY)
	$(RUN) tools/bench.py

gallery: $(READY)
	$(RUN) tools/make_gallery.py

translations: $(READY)
	$(RUN) tools/update_translations.py

setup: $(READY)

# The stamp is made last, so that a broken download is repeated; a change of the pins renews the environment.
$(READY): pyproject.toml tools/wheels.txt tools/setup_environment.py
	$(PYTHON) tools/setup_environment.py --bpy $(BPY) $(VENV)
	@touch $@

clean:
	rm -rf .venv .venv-* build dist demo bench .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -exec rm -rf {} +
