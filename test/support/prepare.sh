#!/usr/bin/env bash
# Brings what the tests need beyond npm: a browser for the console, git for the postmortem, a real Alertmanager to
# send us alerts, Redis for the scaled-out queue. With root and apt-get it installs what is missing; otherwise it says
# which tests will be skipped. With REQUIRE_ALL=1 or CI=true a missing one fails the run, because a skipped test proves
# nothing.
set -euo pipefail

# Debian package | commands, any of which will do | what is not proved without it
NEEDS=(
  'git|git|the postmortem in a local git repository'
  'chromium|chromium chromium-browser google-chrome|the console in a real browser'
  'prometheus-alertmanager|prometheus-alertmanager alertmanager|alerts from a real Alertmanager'
  'redis-server|redis-server|deliveries woken through BullMQ on Redis'
  'redis-server|redis-server|delivery through BullMQ on a real Redis (or set REDIS_URL)'
  'faketime|faketime|replicas whose wall clock is set an hour ahead and back'
)
APT=(apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=300)
POLICY=/usr/sbin/policy-rc.d

present() {
  local command
  for command in $1; do
    command -v "$command" >/dev/null 2>&1 && return 0
  done
  return 1
}

missing_packages() {
  local need package commands
  for need in "${NEEDS[@]}"; do
    IFS='|' read -r package commands _ <<<"$need"
    present "$commands" || printf '%s\n' "$package"
  done
}

# Debian starts the services it installs unless this file says no (invoke-rc.d(8), exit status 101).
forbid_services() {
  [ -e "$POLICY" ] && return 0
  trap 'rm -f "$POLICY"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod +x "$POLICY"
}

install_missing() {
  local log
  log="$(mktemp)"
  printf 'Installing for the tests: %s\n' "$*"
  forbid_services
  if "${APT[@]}" update >"$log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive "${APT[@]}" install -y --no-install-recommends "$@" >>"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  printf 'apt-get could not install them; its last words:\n' >&2
  tail -n 5 "$log" >&2
  rm -f "$log"
}

missing="$(missing_packages)"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  # Package names have no spaces; one word each. (No mapfile: macOS still ships bash 3.)
  # shellcheck disable=SC2086
  install_missing $missing
fi

unproved=0
for need in "${NEEDS[@]}"; do
  IFS='|' read -r package commands purpose <<<"$need"
  present "$commands" && continue
  unproved=$((unproved + 1))
  printf 'NOT TESTED: %s (needs %s; install the package %s)\n' "$purpose" "${commands// / or }" "$package" >&2
done
if [ "$unproved" -gt 0 ] && { [ "${REQUIRE_ALL:-}" = 1 ] || [ "${CI:-}" = true ]; }; then
  printf 'Nothing may be skipped here (REQUIRE_ALL=1 or CI=true).\n' >&2
  exit 1
fi
