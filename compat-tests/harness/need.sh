#!/bin/bash
# Checks that what the tests start privately is installed: MariaDB, Redis, openssl, python3, nginx
# with its stream module, Prometheus, the checkers of systemd, and Chromium, without which only the test of the live page
# is skipped. As root on a Debian system it installs what is missing: on a terminal it asks before, elsewhere (CI) it
# says so. No system service is left running.
set -u
export PATH="$PATH:/usr/sbin:/sbin"

has() { command -v "$1" >/dev/null 2>&1; }

nginx_has_stream() {
  local built modules
  built=$(nginx -V 2>&1) || return 1
  case "$built " in
    *--with-stream=dynamic*)
      modules=${built#*--modules-path=}
      [ -e "${modules%% *}/ngx_stream_module.so" ] ;;
    *"--with-stream "*) true ;;
    *) false ;;
  esac
}

has_browser() {
  [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome || has google-chrome-stable
}

missing=()
check() {
  missing=()
  has mariadbd && has mariadb-install-db || missing+=(mariadb-server)
  has redis-server || missing+=(redis-server)
  has nginx || missing+=(nginx)
  has_browser || missing+=(chromium)
  has openssl || missing+=(openssl)
  has python3 || missing+=(python3)
  has promtool || missing+=(prometheus)
  has systemd-analyze || missing+=(systemd)
  has nginx && nginx_has_stream || missing+=(libnginx-mod-stream)
}

# Packages start their services when they are installed, unless this file says 101 ("action forbidden").
policy=/usr/sbin/policy-rc.d
install_missing() {
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" || return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qq install --no-install-recommends -y "${missing[@]}" >/dev/null
}

# Whether the tests can run: all is there, or all but a browser.
enough() {
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "${missing[*]}" = chromium ] || return 1
  echo "There is no Chromium: the test of the live page is skipped." >&2
}

check
[ ${#missing[@]} -eq 0 ] && exit 0
by_hand="apt-get install --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
  enough && exit 0
  echo "The tests start their own ${missing[*]}, missing here. On Debian: $by_hand" >&2
  exit 1
fi
if [ -t 0 ] && [ -t 2 ] && [ -z "${CI:-}" ]; then
  read -r -p "The tests start their own ${missing[*]}, missing here. Install with apt-get? [y/N] " answer || answer=
  case $answer in
    [yY]*) ;;
    *)
      enough && exit 0
      echo "By hand: $by_hand. Tests beside their sources need none: npm test -- src/config.test.ts" >&2
      exit 1
      ;;
  esac
fi
echo "Installing for the tests: ${missing[*]}"
install_missing || enough || { echo "That failed. By hand: $by_hand" >&2; exit 1; }
check
enough || { echo "Installed, but still missing: ${missing[*]}" >&2; exit 1; }
