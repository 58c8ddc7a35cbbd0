#!/bin/sh
# What `node scripts/device-tests.mjs` packs begins here, on a machine with a GPU, without network, Node or Rust:
#   sh run.sh OUT [part…] [--device cuda:0] [--seconds 540]
# unpacks what lies beside it and runs the parts (all, or some of: laws tests bench), each of them under ten minutes. OUT/summary.md and
# OUT/results.json say how it went; so does the exit status.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,5s/^# *//p' "$0"; exit 2; }
work=${KEROSENE_DEVICE_TESTS:-${TMPDIR:-/tmp}/kerosene-device-tests}
packed=$here/contents.tar.xz
stamp=$(cksum <"$packed")
if [ "$(cat "$work/stamp" 2>/dev/null || true)" != "$stamp" ]; then
  rm -rf "$work"
  mkdir -p "$work"
  tar -xJf "$packed" -C "$work" 2>/dev/null || # where there is no xz, Python may know it
    python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$packed" "$work"
  echo "$stamp" >"$work/stamp"
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
PATH=$work/bin:$PATH exec "$work/bin/node" "$work/kerosene/scripts/device-run.mjs" "$out" "$@"
