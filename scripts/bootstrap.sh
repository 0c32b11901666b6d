#!/usr/bin/env bash
# Makes a bare Debian or Ubuntu with Python 3.11+ ready: installs what is missing, says what, and leaves the rest alone.
# The second time it only looks, and needs no network. System libraries ask for root or sudo.
# With --tests also what the tests run beside the project: LibreOffice, and servers that returns are fetched from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

unset PYTHONDONTWRITEBYTECODE  # without .pyc files every Airflow process compiles everything again
export UV_PYTHON_DOWNLOADS=never
PATH="$PATH:/usr/sbin:/sbin"

tools=var/tools
stamp="$tools/installed"
apt_is_fresh=no

say() { printf 'bootstrap: %s\n' "$*"; }
fail() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root or sudo: $*"
  fi
}

install_packages() {  # install_packages PACKAGE...
  command -v apt-get >/dev/null || fail "install these by your system's own means, then try again: $*"
  say "installing system packages: $*"
  if [[ $apt_is_fresh == no ]]; then as_root apt-get update -qq; apt_is_fresh=yes; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

find_python() {
  local name
  for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
      command -v "$name"; return
    fi
  done
  fail "Python 3.11, 3.12 or 3.13 is needed and none was found (Debian: apt-get install python3)"
}

need_libraries() {  # what WeasyPrint draws with
  local pair missing=() known
  known="$(ldconfig -p)"
  for pair in libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0 \
              libharfbuzz-subset.so.0:libharfbuzz-subset0; do
    [[ $known == *"${pair%%:*}"* ]] || missing+=("${pair##*:}")
  done
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

need_uv() {  # need_uv PYTHON
  [[ -x $tools/venv/bin/uv ]] && return
  if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
    install_packages "python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  fi
  say "installing uv into $tools"
  "$1" -m venv "$tools/venv"
  "$tools/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
}

need_test_programs() {  # real parts for the tests: an office suite with its scripting, an SFTP and an IMAP server
  local pair missing=()
  for pair in soffice:libreoffice-calc-nogui sshd:openssh-server dovecot:dovecot-imapd openssl:openssl; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [[ -e /usr/lib/python3/dist-packages/uno.py ]] || missing+=(python3-uno)
  [[ -e /usr/lib/libreoffice/program/libswlo.so ]] || missing+=(libreoffice-writer-nogui)
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

fingerprint() { cat uv.lock pyproject.toml | sha256sum | cut -d ' ' -f 1; }

need_environment() {
  local python wanted
  wanted="$(fingerprint)"
  if [[ -x .venv/bin/airflow && -f $stamp && $(<"$stamp") == "$wanted" ]] && .venv/bin/python -c '' 2>/dev/null; then
    return
  fi
  python="$(find_python)"
  need_uv "$python"
  say "installing the Python packages of uv.lock into .venv (Python: $python)"
  "$tools/venv/bin/uv" sync --frozen --compile-bytecode --quiet --python "$python"
  printf '%s' "$wanted" >"$stamp"
}

need_fonts() {  # the script says itself what it fetches; what is there already needs no words
  local out status=0
  out="$(env -u ZHIBAO_VAR bash scripts/install-fonts.sh 2>&1)" || status=$?
  grep -Ev 'already there|all in ' <<<"$out" || true
  [[ $status -eq 0 ]] || fail "the fonts of the reports are missing (see above)"
}

mkdir -p "$tools"
need_libraries
need_environment
need_fonts
[[ ${1:-} != --tests ]] || need_test_programs
