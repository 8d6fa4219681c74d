# Everything lives in .venv; `make demo` and `make test` set up what they need.
PYTHON ?= python3
BIN := .venv/bin
# Bytecode at install, so that the first start is quick; msgraph's 16,000 models are never imported.
COMPILE = -$(BIN)/python -m compileall -q -j 0 -x 'msgraph/generated' .venv/lib

# The solver's kernels as well: a minute now, or at the first request.
KERNELS = $(BIN)/python -m scheduling.optimizer.warm

.PHONY: demo test lint audit package manifest-schema catalogues bench bench-timefold chaos chaos-long lock format clean
demo: .venv/runtime.ok
	$(BIN)/aside demo

test: .venv/dev.ok
	$(BIN)/python -m pytest -n 3 --dist loadgroup

lint: .venv/dev.ok
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Known weaknesses of locked packages, by PyPI's advisories; says so where those cannot be reached.
audit: .venv/dev.ok .aside/audit/installed
	$(BIN)/python -m tests.support.advisories .aside/audit/venv/bin/pip-audit requirements/dev.txt

.aside/audit/installed: .venv/uv.ok requirements/audit.txt
	@echo "pip-audit goes to .aside/audit/venv, not into Aside's own environment"
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .aside/audit/venv
	$(BIN)/uv pip install --quiet --python .aside/audit/venv/bin/python --require-hashes -r requirements/audit.txt
	touch $@

bench: .venv/dev.ok
	$(BIN)/python -m benchmarks

# Workers killed, the database restarted, remotes at fault: about ten minutes on a quiet machine.
chaos: .venv/dev.ok
	$(BIN)/python -m benchmarks.chaos --suite short

chaos-long: .venv/dev.ok
	$(BIN)/python -m benchmarks.chaos --suite long

# Timefold's Java solver beside ours, by the hour; what was reached is kept, so that it can be
# interrupted. ARGS="--only meetings --seconds 60", for instance, asks for less.
bench-timefold: .venv/dev.ok .aside/timefold/installed
	$(BIN)/python -m benchmarks.timefold $(ARGS)

.aside/timefold/installed: .venv/uv.ok requirements/timefold.txt
	@command -v javac || { echo "No Java compiler: installing Debian's openjdk-17-jdk-headless"; \
		apt-get install --yes --quiet openjdk-17-jdk-headless; } || \
		{ echo "bench-timefold: it needs a JDK (17 or later) on the path, and could not install one"; exit 1; }
	@echo "Timefold's package goes to .aside/timefold/venv, not into Aside's own environment"
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .aside/timefold/venv
	$(BIN)/uv pip install --quiet --python .aside/timefold/venv/bin/python --require-hashes -r requirements/timefold.txt
	touch $@

# The Teams app package, from ASIDE_BOT__APP_ID and ASIDE_BOT__WEBSITE. VERSION=1.2.3 where texts were changed.
package: .venv/runtime.ok
	$(BIN)/python manifest/build.py $(if $(VERSION),--version $(VERSION)) -o aside.zip

# Microsoft's schemas of the manifest, for the tests; they are never committed.
manifest-schema: .aside/manifest-schema/installed

.aside/manifest-schema/installed:
	mkdir -p $(@D)
	npm install --prefix $(@D) --no-audit --no-fund --no-package-lock --no-save --ignore-scripts @microsoft/app-manifest@1.1.2
	touch $@

# What people read: collected from the source, each language's catalogue brought up to date with it.
catalogues: .venv/dev.ok
	mkdir -p .aside
	$(BIN)/pybabel -q extract --keywords=say --keywords=count:1,2 --keywords=mark --no-location --sort-output --project=aside --output=.aside/aside.pot bot dialogs
	$(BIN)/pybabel -q update --domain=aside --input-file=.aside/aside.pot --output-dir=dialogs/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=100

# Every card in every state as a picture in artifacts/cards, those of the documentation in docs/cards.
cards: .venv/dev.ok .aside/cards/installed
	$(BIN)/python -m tests.support.gallery .aside/cards $(NAMES)

.aside/cards/installed:
	npm install --silent --no-audit --no-fund --prefix .aside/cards adaptivecards@3.0.6 markdown-it@15.0.3 @fontsource/open-sans@5.3.0
	touch $@

format: .venv/dev.ok
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The environment: uv installs from the hashed lock; pip is only used to get uv.
.venv/uv.ok:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Aside needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	touch $@

.venv/runtime.ok: .venv/uv.ok requirements/runtime.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/runtime.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	$(COMPILE)
	$(KERNELS)
	touch $@

.venv/dev.ok: .venv/uv.ok requirements/dev.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	$(COMPILE)
	$(KERNELS) --all
	touch $@ .venv/runtime.ok

lock: .venv/uv.ok
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --group test --group lint -c requirements/runtime.txt -o requirements/dev.txt
	echo pip-audit==2.10.1 | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" - -o requirements/audit.txt
	echo timefold==1.24.0b0 | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" - -o requirements/timefold.txt

clean:
	rm -rf .venv .aside artifacts build *.egg-info
