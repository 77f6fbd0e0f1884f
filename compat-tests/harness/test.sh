#!/bin/bash
# What `npm test` runs, and with --quick `npm run test:quick`: the tests beside their sources and the replays of what was
# recorded from the original. Tests beside their sources (src/…) need no services, no checked style and no test runner: they are
# compiled if something has changed, and run by Node itself. All else needs all of that.
set -eu

units=()
others=()
for argument in "$@"; do
  case $argument in
    src/*.test.ts | ./src/*.test.ts) units+=("${argument#./}") ;;
    *) others+=("$argument") ;;
  esac
done

# Whether something has changed since all was compiled.
stale() {
  [ ! -e build/tsconfig.tsbuildinfo ] ||
    [ -n "$(find src compat-tests bench tsconfig.json package-lock.json -newer build/tsconfig.tsbuildinfo -print -quit)" ]
}

if [ ${#units[@]} -gt 0 ] && [ ${#others[@]} -eq 0 ]; then
  if stale; then
    echo 'Compiling, as something has changed.' >&2
    tsc
    touch build/tsconfig.tsbuildinfo
  fi
  status=0
  for unit in "${units[@]}"; do
    [ -e "$unit" ] || { echo "There is no $unit." >&2; exit 1; }
    node --enable-source-maps "build/${unit%.ts}.js" || status=1
  done
  exit $status
fi

bash compat-tests/harness/need.sh
if [ "${1:-}" = --quick ]; then
  npm run --silent build:changed
  if stale; then
    tsc
    touch build/tsconfig.tsbuildinfo
  fi
  npm run --silent build:runner
  exec node build/compat-tests/harness/run.js src compat-tests/replay
fi
npm run --silent check
npm run --silent build
tsc
npm run --silent build:runner
exec node build/compat-tests/harness/run.js "$@"
