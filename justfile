# Everything that must be green before a commit; the steps stand in dev.py
check:
    python3 dev.py test

# One step of the checks: format, lint, types, layers, docs, tests
only STEP:
    python3 dev.py test --only {{STEP}}

# Write the pages that come from code
docs:
    uv run python docs/generate.py

# Format the code
format:
    uv run ruff format src tests bench docs deploy dev.py && uv run ruff check --fix src tests bench docs deploy dev.py

# Pin what pip installs to what uv locked
lock:
    uv lock
    uv export --quiet --no-dev --group build --no-emit-project --format requirements-txt -o requirements/run.txt
    uv export --quiet --no-dev --extra serve --extra notify --extra postgres --extra workers --group build --no-emit-project --format requirements-txt -o requirements/image.txt
    uv export --quiet --all-extras --group build --group dev --no-emit-project --format requirements-txt -o requirements/dev.txt

# How fast, as ratios in one run
bench:
    uv run python -m bench
