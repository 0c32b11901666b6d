#!/usr/bin/env bash
# Brings the open fonts of the reports from Debian's or Ubuntu's own packages into var/fonts, without installing
# them: packages are downloaded and unpacked, and only the font files and their licences are kept.
# Runs as root or as anyone with apt; asks for root or sudo only when the package lists must be fetched first.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="${ZHIBAO_FONTS:-${ZHIBAO_VAR:-$root/var}/fonts}"

# package (alternatives by |) : files wanted, : licence inside the package
sources=(
  "texlive-lang-chinese:FandolFang-Regular.otf FandolKai-Regular.otf FandolHei-Regular.otf FandolSong-Regular.otf FandolSong-Bold.otf:doc/texlive-doc/fonts/fandol/COPYING.gz doc/texlive-doc/fonts/fandol/README"
  "fonts-lxgw-wenkai:LXGWWenKai-Regular.ttf:doc/fonts-lxgw-wenkai/copyright"
  "fonts-liberation2|fonts-liberation:LiberationSerif-Regular.ttf LiberationSerif-Bold.ttf:doc/*/copyright"
)

say() { printf 'fonts: %s\n' "$*"; }

missing_from() {
  local file
  for file in $1; do [[ -s "$target/$file" ]] || printf '%s ' "$file"; done
}

update_lists() {
  if [[ $EUID -eq 0 ]]; then apt-get update -qq; elif command -v sudo >/dev/null; then sudo apt-get update -qq; fi
}

download() {  # download PACKAGE: leaves one .deb in the current folder
  rm -f ./*.deb
  apt-get download -qq "$1" 2>/dev/null && compgen -G '*.deb' >/dev/null
}

fetch() {  # fetch ALTERNATIVES
  local name
  for name in ${1//|/ }; do download "$name" && { say "downloaded $name"; return 0; }; done
  say "no package list holds ${1}; fetching the lists"
  update_lists || true
  for name in ${1//|/ }; do download "$name" && { say "downloaded $name"; return 0; }; done
  return 1
}

install_source() {  # install_source ALTERNATIVES FILES LICENCES
  local file found licence licences="$target/licences/${1%%|*}"
  fetch "$1" || { say "cannot get $1 from apt, and these are missing: $(missing_from "$2")"; return 1; }
  rm -rf unpacked && dpkg-deb -x ./*.deb unpacked
  for file in $2; do
    found="$(find unpacked -name "$file" -type f | head -n 1)"
    [[ -n "$found" ]] || { say "$1 does not hold $file"; return 1; }
    install -m 644 "$found" "$target/$file.part" && mv "$target/$file.part" "$target/$file"
  done
  mkdir -p "$licences"
  for licence in $3; do
    # shellcheck disable=SC2086  # the pattern is meant to expand
    for found in unpacked/usr/share/$licence; do [[ -f "$found" ]] && install -m 644 "$found" "$licences/"; done
  done
  say "kept $2"
}

mkdir -p "$target"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
status=0
for source in "${sources[@]}"; do
  IFS=: read -r packages files licences <<<"$source"
  if [[ -z "$(missing_from "$files")" ]]; then say "already there: $files"; continue; fi
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null \
    || { say "apt-get and dpkg-deb are needed for: $(missing_from "$files")"; status=1; continue; }
  install_source "$packages" "$files" "$licences" || status=1
done
[[ $status -eq 0 ]] && say "all in $target"
exit $status
