#!/bin/sh
# The rules of checks/forbidden.txt over the tracked and new files of a checkout and over its
# history.
# Usage: checks/words.sh [ROOT]. Prints each place with the reason; exit 1 if there is one.
set -eu
rules=$(cd "$(dirname "$0")" && pwd)/forbidden.txt
cd "${1:-$(dirname "$0")/..}"

# The rules and the planted examples name the words; the seed texts are not ours.
ours() {
  git ls-files -co --exclude-standard -- "$@" ':!checks/forbidden.txt' ':!checks/selftest.sh' ':!seed'
}
everything=$(ours)
# numbered FILE...: each line as file:line:text, without its // comment.
numbered() { awk '{ sub(/\/\/.*/, ""); print FILENAME ":" FNR ":" $0 }' "$@" /dev/null; }
# shellcheck disable=SC2046  # no file of ours has a space in its name
code=$(numbered $(ours '*.hpp' '*.cpp'))
# shellcheck disable=SC2046
core=$(numbered $(ours 'sim/*.[ch]pp' 'model/*.[ch]pp' 'properties/*.[ch]pp'))

bad=0
while IFS= read -r line; do
  case $line in '#'* | '') continue ;; esac
  where=${line%% *}
  expression=$(printf '%s\n' "$line" | sed -E 's/^[a-z]+ +//; s/  .*//')
  reason=$(printf '%s\n' "$line" | sed -E 's/^[a-z]+ +//; s/.*  +//')
  case $where in
    all) found=$(
      # shellcheck disable=SC2086
      grep -nIHE "$expression" $everything || true
      git log -E --grep="$expression" --format='commit %h: %s'
    ) ;;
    code) found=$(printf '%s\n' "$code" | grep -E "$expression") || true ;;
    core) found=$(printf '%s\n' "$core" | grep -E "$expression") || true ;;
    *) echo "words: no such place: $where" >&2; exit 2 ;;
  esac
  if [ -n "$found" ]; then
    printf '%s\n' "$found"
    echo "    forbidden: $reason"
    bad=1
  fi
done <"$rules"
[ "$bad" = 0 ] || exit 1
echo "words: $(echo "$everything" | wc -l) files and $(git rev-list --count HEAD) commits are clean"
