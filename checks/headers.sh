#!/bin/sh
# Each header compiles alone: it includes what it uses.
# Usage: checks/headers.sh [ROOT]; CXX names the compiler (g++). Exit 1 if a header does not
# compile.
set -eu
cd "${1:-$(dirname "$0")/..}"

headers=$(find sim model properties runtimes cli fuzz bench -name '*.hpp' 2>/dev/null | LC_ALL=C sort)
[ -n "$headers" ] || { echo "headers: none below $PWD" >&2; exit 1; }

echo "$headers" | xargs -P "$(nproc)" -I {} sh -c 'echo "#include \"{}\"" |
  '"${CXX:-g++}"' -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Werror \
    -I . -isystem /usr/include/python3.11 -x c++ - || { echo "headers: {} does not compile alone"; exit 1; }' ||
  exit 1
echo "headers: $(echo "$headers" | wc -l) compile alone"
