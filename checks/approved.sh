#!/bin/sh
# The program's output is as approved: each checks/approved/*.txt is a transcript whose lines `$ ...`
# are run by sh and followed by what came out of them and, where it is not 0, by the [exit code].
# `midstride` is the program, approved/ the folder with the scenarios, and each transcript has a
# directory of its own. Times are printed as N s. A transcript whose first line is `# needs cpython`
# is passed over by a build without.
# Usage: checks/approved.sh PROGRAM [--update] [CASE...]. --update writes what came out instead of
# comparing: read the difference before you commit it. Exit 1 if a transcript differs.
set -eu
program=$(realpath "$1")
shift
update=
if [ "${1:-}" = --update ]; then
  update=1
  shift
fi
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- approved/*.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$program" "$scratch/bin/midstride"
PATH=$scratch/bin:$PATH
export PATH LC_ALL=C
unset NO_COLOR
subjects=$(midstride list subjects)

# run TRANSCRIPT: the transcript with what comes out now.
run() {
  mkdir "$scratch/work"
  ln -s "$PWD/approved" "$scratch/work/approved"
  begun=
  while IFS= read -r line; do
    case $line in
      '$ '*)
        begun=1 code=0
        printf '%s\n' "$line"
        (cd "$scratch/work" && sh -c "${line#??}") >"$scratch/out" 2>&1 </dev/null || code=$?
        sed -E 's/[0-9]+(\.[0-9]+)? s\b/N s/g' "$scratch/out"
        [ $code = 0 ] || echo "[$code]"
        ;;
      *) [ -n "$begun" ] || printf '%s\n' "$line" ;;
    esac
  done <"$1"
  rm -rf "$scratch/work"
}

bad=0 count=0
for transcript in "$@"; do
  case $(head -1 "$transcript") in
    '# needs cpython'*) case $subjects in *cpython/*) ;; *) continue ;; esac ;;
  esac
  run "$transcript" >"$scratch/now"
  count=$((count + 1))
  cmp -s "$transcript" "$scratch/now" && continue
  if [ -n "$update" ]; then
    cp "$scratch/now" "$transcript"
    echo "approved: updated $transcript"
  else
    bad=1
    diff -u --label "$transcript" --label now "$transcript" "$scratch/now" || true
  fi
done
[ $bad = 0 ] || {
  echo "approved: what differs is an error, or is approved by: checks/approved.sh $program --update" >&2
  exit 1
}
echo "approved: $count transcripts"
