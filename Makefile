# make run   set up, run the staged pipeline end to end, label a sample session document
# make test  the test suite; make test-long what takes longer; CI runs both
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS := $(or $(UPR_CORPUS),data/sample)
RELEASES := $(if $(UPR_CORPUS),data/published,data/published-sample)

export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install raw run test test-long check format clean

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 24

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,postgres]'
	touch $@

install: $(VENV)/installed  ## The environment in .venv

$(VENV)/installed-training: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,postgres,train-encoder]'
	touch $@

.PHONY: install-training
install-training: $(VENV)/installed-training  ## The same with what networks are trained with (torch)

raw: install
	@test -d '$(CORPUS)/upr-info' || { echo 'There is no folder $(CORPUS)/upr-info: set UPR_CORPUS to a folder laid out like data/sample, or unset it.' >&2; exit 1; }
	@mkdir -p data/raw && rm -rf data/raw/* && cp '$(CORPUS)'/upr-info/*.csv data/raw/
	@for f in data/reviewed/*.csv data/reviewed/*.parquet data/reviewed/*.jsonl data/reviewed/*.xlsx; do if [ -f "$$f" ]; then cp "$$f" data/raw/; fi; done
	@mkdir -p data/raw-reports && rm -rf data/raw-reports/*
	@for f in '$(CORPUS)'/reports/*.pdf '$(CORPUS)'/reports/*.docx; do if [ -f "$$f" ]; then cp "$$f" data/raw-reports/; fi; done
	@echo '$(RELEASES)' > data/raw/release-folder
	@echo 'Input: $(CORPUS), and decisions in data/reviewed if there are any'

# Two at once would change each other's input, so the second is refused; DVC alone locks only single stages.
run: install  ## The staged pipeline end to end, on the sample corpus or on UPR_CORPUS
	@mkdir -p data
	@$(BIN)/upr alone data/raw $(MAKE) --no-print-directory stages

.PHONY: stages
stages: raw
	$(BIN)/dvc repro
	@echo
	@echo 'Labelled corpus      data/labelled/corpus.parquet'
	@echo 'Sample document      data/labelled/session-document.xlsx'
	@echo 'Release              $(RELEASES)/latest'
	@echo 'Report page          reports/report.html'
	@echo 'Figures              reports/evaluation/metrics.json'
	@echo 'Experiments          $(BIN)/mlflow ui --backend-store-uri sqlite:///mlflow.db'

# A process takes a file at a time, in the order of tests/conftest.py. Three share two cores, since many tests wait
# for servers and browsers. Byte code is kept also where the environment says otherwise: hundreds of processes import
# the same modules.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test: install browser  ## The tests but the long ones
	$(PYTEST) -m 'not long'

test-long: install browser  ## The long tests: all kill points, all real documents, training, notebooks, the wheel
	$(PYTEST) -m long

.PHONY: browser
browser: install
	@bash tests/install_services.sh

.PHONY: coverage mutants
coverage: install browser  ## The tests of make test with branch coverage, which fails under its floor
	$(PYTEST) -m 'not long' --cov --cov-report term

# ONLY='pipeline.models.decision*' runs the mutants of a module.
mutants: install  ## Change each important line and list the changes that no test notices (hours; ONLY=PATTERN)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,postgres,mutants]'
	$(BIN)/mutmut run --max-children 2 $(if $(ONLY),'$(ONLY)')
	$(BIN)/mutmut results

check: install  ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install  ## Put the code in its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: docs
docs: install  ## The documentation as a site in build/site
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	NO_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --strict --quiet

.PHONY: wheel test-wheel
wheel: install  ## The project as a wheel in dist/: code, configs/ and the shipped model
	$(BIN)/python -m hatchling build --target wheel

test-wheel: install  ## The wheel in an environment with all dependencies installed anew (minutes)
	$(BIN)/python -m pytest tests/test_wheel.py -m fresh

.PHONY: benchmark-extraction fuzz samples
benchmark-extraction: install  ## How well real reports and lists are read (needs UPR_CORPUS)
	$(BIN)/python -m benchmarks.extraction

fuzz: install  ## 1,000 damaged documents and tables: none may crash, hang or give a traceback
	$(BIN)/python -m tests.sources.documents.fuzzing --mutants 1000

samples: install  ## The sample documents anew, from data/sample/session-document.md and the coded sample
	$(BIN)/python data/sample/make_documents.py

.PHONY: benchmark-classifiers
benchmark-classifiers: install  ## This project's models beside other kinds on the same rows (needs UPR_CORPUS; over an hour)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[benchmark,train-encoder]'
	$(BIN)/python -m benchmarks.classifiers

.PHONY: threads
threads: raw install-training  ## Fit what finds repeated recommendations again, from the coded pairs in configs/ (needs UPR_CORPUS)
	@test -n "$$UPR_CORPUS" || { echo "Set UPR_CORPUS to the folder of the real corpus." >&2; exit 1; }
	$(BIN)/upr ingest data/raw --out data/corpus/corpus.parquet
	$(BIN)/python -m benchmarks.threads data/corpus/corpus.parquet --vectors

.PHONY: champion
champion: raw install-training  ## Train new networks and let the gate judge them (needs UPR_CORPUS; an hour or two of two idle cores; goes on where it was stopped)
	@test -n '$(UPR_CORPUS)' || { echo 'The networks are trained on the real corpus: set UPR_CORPUS.' >&2; exit 1; }
	$(BIN)/upr ingest data/raw --out data/corpus/corpus.parquet
	$(BIN)/upr train --corpus data/corpus/corpus.parquet --out models/trained --depth full
	$(BIN)/upr evaluate --corpus data/corpus/corpus.parquet --models models/trained --out reports/evaluation
	$(BIN)/upr register --corpus data/corpus/corpus.parquet --models models/trained --reports reports/evaluation
	$(BIN)/upr evaluate --corpus data/corpus/corpus.parquet --models models/trained/best --out reports/evaluation-best
	$(BIN)/upr register --corpus data/corpus/corpus.parquet --models models/trained/best --reports reports/evaluation-best --out reports/registration-best.json --hold
	@echo 'models/shipped and models/best are replaced by: upr models ship VERSION [--as best]. upr models list shows the versions.'

.PHONY: team
team: install  ## Make this clone that of a team, which versions its data and results with Git and DVC
	@git rev-parse --is-inside-work-tree >/dev/null 2>&1 || { echo 'This folder is no Git checkout: git clone or git init it first.' >&2; exit 1; }
	@bash deploy/team.sh

clean:  ## Throw away what can be made again (not mlflow.db, not releases)
	rm -rf data/raw data/raw-reports data/corpus data/extracted data/labelled models/trained models/trained-checkpoints reports .dvc/tmp dvc.lock
