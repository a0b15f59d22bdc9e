# shellcheck shell=bash
# What the test scripts share; they source it.

passed=0
failed=0

# check NAME COMMAND...: runs a command, and counts whether it succeeds.
check() {
  if "${@:2}"; then
    passed=$((passed + 1))
    echo "ok: $1"
  else
    failed=$((failed + 1))
    echo "FAILED: $1"
  fi
}

# until_true SECONDS COMMAND...: waits until a command succeeds, SECONDS at most.
until_true() {
  local tries=0
  until "${@:2}"; do
    [ "$((tries += 1))" -le "$(($1 * 10))" ] || return 1
    sleep 0.1
  done
}

# Ends a script: prints the counts, and fails if a check did.
finish_checks() {
  echo "$((passed + failed)) tests, $failed failed"
  [ "$failed" -eq 0 ]
}
