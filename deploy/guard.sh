#!/bin/sh
# `whydrift guard` in a pipeline: installs whydrift into a folder of its own, asks, keeps the answer as a file.
# Reads ARGOCD_SERVER, ARGOCD_AUTH_TOKEN, ARGOCD_OPTS, APPLICATIONS, REVISION, OPTIONS, UNKNOWN (fail or pass), VERSION,
# PYTHON. Words of a pull request stand in variables only: none of them is ever run.
set -eu
python=${PYTHON:-python3}
work=${RUNNER_TEMP:-${CI_PROJECT_DIR:-${TMPDIR:-/tmp}}}/whydrift-guard
report=$work/guard.md
mkdir -p "$work"
if ! [ -x "$work/venv/bin/whydrift" ]; then
  "$python" -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "${VERSION:-whydrift}"
fi

set -f # applications may hold globs: they are whydrift's, not the shell's
set --
while IFS= read -r option; do
  if [ -n "$option" ]; then set -- "$@" "$option"; fi
done <<OPTIONS
${OPTIONS:-}
OPTIONS
if [ -n "${REVISION:-}" ]; then set -- "$@" "--revision=$REVISION"; fi
set -- "$@" --
# shellcheck disable=SC2086 # separated by spaces on purpose
set -- "$@" ${APPLICATIONS:?name the applications}

code=0
"$work/venv/bin/whydrift" guard --output=md "$@" > "$report" || code=$?
case $code in
  0) verdict=safe ;;
  1) verdict=unsafe ;;
  3) verdict=unknown ;;
  *) rm -f "$report"; exit "$code" ;;
esac
cat "$report"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$report" >> "$GITHUB_STEP_SUMMARY"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  printf 'verdict=%s\nreport=%s\n' "$verdict" "$report" >> "$GITHUB_OUTPUT"
fi
if [ "$verdict" = unknown ] && [ "${UNKNOWN:-fail}" = pass ]; then exit 0; fi
exit "$code"
