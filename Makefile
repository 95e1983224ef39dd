# `make lab` opens the course, `make test` runs all its tests; both set up .venv first.
# Without make: README.md gives the same commands.

.PHONY: lab test build
.DELETE_ON_ERROR:

FITS = import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

lab: .venv/installed
	.venv/bin/course lab $(ARGS)

test: .venv/installed
	.venv/bin/python -m pytest -n 2 --dist loadfile

build: .venv/installed
	.venv/bin/course build

.venv/installed: pyproject.toml constraints.txt
	@if [ ! -x .venv/bin/pip ]; then \
	  for python in $(PYTHON) python3.12 python3.13 python3.11 python3 python; do \
	    if "$$python" -c "$(FITS)" 2>/dev/null; then \
	      echo "setting up .venv with $$python"; exec "$$python" -m venv .venv; \
	    fi; \
	  done; \
	  echo "No Python 3.11 to 3.13 with venv was found. Install one (Debian, Ubuntu: apt install python3.12-venv)," >&2; \
	  echo "or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi
	.venv/bin/python -m pip install --quiet -e '.[test]' -c constraints.txt
	@touch $@
