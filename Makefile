# Social CME. `make run` needs Python 3.11 or newer with venv, and make; everything else it fetches by the locks.

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock upgrade audit clean
VENV := .venv/bin

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## Start the server with its demo content; HOST, PORT and the like come from the environment or .env
	@scripts/venv.sh requirements.lock
	@exec $(VENV)/python wsgi.py --demo

test:  ## Run every check and test; what this machine lacks is left out and named, with CI=true it fails
	@scripts/venv.sh requirements-dev.lock
	@exec $(VENV)/python scripts/check.py

lint:  ## Run only the linters and the type checker
	@scripts/venv.sh requirements-dev.lock
	@exec $(VENV)/python scripts/check.py --group lint

format:  ## Format the Python code and apply the safe fixes
	@scripts/venv.sh requirements-dev.lock
	@$(VENV)/ruff check --fix --quiet . || true
	@$(VENV)/ruff format .

lock:  ## Bring the lock files up to pyproject.toml, changing as little as possible (needs uv)
	@scripts/lock.sh

upgrade:  ## Take the newest versions into the lock files (needs uv)
	@scripts/lock.sh --upgrade

audit:  ## Ask the public advisory service about the locked versions (needs the network)
	@scripts/venv.sh requirements-dev.lock
	@$(VENV)/pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock

clean:  ## Remove caches and the virtual environment; the database under instance/ stays
	@rm -rf .venv .cache build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
