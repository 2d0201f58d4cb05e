#!/bin/sh
# The same scenarios have the same digests in two programs: other compiler, optimisation,
# sanitizers, or only another process.
# Usage: checks/digests.sh PROGRAM PROGRAM [RUNS [SUBJECT]]: 100 runs of every subject, from seed 1
# Prints one line per subject. When two differ it finds the first run that does. Exit 1 if any
# differs or is missing.
set -eu
first=$1 second=$2 runs=${3:-100} subject=${4:-all}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A sanitizer's report must not look like a verdict.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:exitcode=99"
export LSAN_OPTIONS="suppressions=$(dirname "$0")/lsan.supp:print_suppressions=0"

# summaries PROGRAM SUBJECT RUNS: a line "subject digest runs turns" for each subject. Few runs may
# miss a probe or a violation that more would find, so the program's verdict (0, 1 or 3) does not
# matter here.
summaries() {
  code=0
  "$1" fuzz --subject "$2" --runs "$3" --seed 1 --keep-going --json "$scratch/json" \
    >"$scratch/out" 2>&1 || code=$?
  case $code in
    0 | 1 | 3) ;;
    *) cat "$scratch/out" >&2; echo "digests: $1 ended with $code" >&2; exit 1 ;;
  esac
  sed -nE '/"type": *"summary"/{
    s/.*"subject": *"([^"]*)".*"runs": *([0-9]+).*"turns": *([0-9]+).*"digest": *"([^"]*)".*/\1 \4 \2 \3/p
  }' "$scratch/json"
}

# first_difference SUBJECT: the digest is over all runs in order, so the first run that differs is
# found by halving.
first_difference() {
  same=0 other=$runs
  while [ $((other - same)) -gt 1 ]; do
    middle=$(((same + other) / 2))
    if [ "$(summaries "$first" "$1" $middle)" = "$(summaries "$second" "$1" $middle)" ]; then
      same=$middle
    else
      other=$middle
    fi
  done
  echo "$other"
}

summaries "$first" "$subject" "$runs" >"$scratch/first"
summaries "$second" "$subject" "$runs" >"$scratch/second"
[ -s "$scratch/first" ] || { echo "digests: $first printed no summary" >&2; exit 1; }

bad=0
while read -r name digest ran turns; do
  theirs=$(awk -v name="$name" '$1 == name { print $2, $3, $4 }' "$scratch/second")
  if [ "$theirs" = "$digest $ran $turns" ]; then
    echo "digests: $name: $ran runs, $turns turns, $digest in both"
  else
    bad=1
    echo "digests: $name: DIFFERENT: $digest ($ran runs, $turns turns) and ${theirs:-nothing}"
    [ -z "$theirs" ] || echo "digests: $name: the first run that differs is run $(first_difference "$name")"
  fi
done <"$scratch/first"
extra=$(awk 'NR == FNR { seen[$1] = 1; next } !($1 in seen) { print $1 }' "$scratch/first" "$scratch/second")
[ -z "$extra" ] || { bad=1; printf 'digests: only in the second program: %s\n' "$extra"; }
[ "$bad" = 0 ] || { echo "digests: $first and $second do NOT agree" >&2; exit 1; }
echo "digests: $(wc -l <"$scratch/first") subjects x $runs runs: $first and $second agree"
