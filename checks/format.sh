#!/bin/sh
# The whole tree is formatted by clang-format 14, so that no diff is ever about spaces.
# Usage: checks/format.sh [ROOT]. Prints each file that differs and the line that mends them; exit 1
# if there is one.
set -eu
cd "${1:-$(dirname "$0")/..}"

files=$(find sim model properties runtimes cli fuzz bench checks docs -name '*.[ch]pp' 2>/dev/null | sort)
[ -n "$files" ] || { echo "format: no sources below $PWD" >&2; exit 1; }
differ=$(printf '%s\n' "$files" | xargs -P "$(nproc)" -I {} sh -c \
  'clang-format-14 --style=file --dry-run -Werror {} >/dev/null 2>&1 || echo {}')
if [ -n "$differ" ]; then
  printf 'format: not formatted: %s\n' $differ
  echo "format: this mends it: clang-format-14 -i" $differ
  exit 1
fi
echo "format: $(printf '%s\n' "$files" | wc -l) files"
