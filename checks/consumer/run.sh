#!/bin/sh
# Installs the release build into an empty directory, builds the program beside this script on it,
# and runs that.
# Usage: checks/consumer/run.sh, after ./do build. Exit 1 if the package cannot be used as
# documented.
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --build build --target midstride_sim >"$scratch/log"
cmake --install build --prefix "$scratch/installed" >>"$scratch/log"
cmake -G Ninja -S checks/consumer -B "$scratch/build" -DCMAKE_PREFIX_PATH="$scratch/installed" >>"$scratch/log"
cmake --build "$scratch/build" >>"$scratch/log" || { cat "$scratch/log"; exit 1; }
if grep -rl "$PWD" "$scratch/installed/lib/cmake" "$scratch/installed/include"; then
  echo "consumer: the installed package names the source tree" >&2
  exit 1
fi
"$scratch/build/consumer"
