#!/bin/sh
# The program's output is as approved: each checks/approved/*.txt, README.md and docs/matrix.md are transcripts whose
# lines `$ ...` are run by sh and followed by what came out of them and, where it is not 0, by the
# [exit code]. A line that begins with `## `, and one that ends a ``` block, ends such an output.
# `midstride` is the program, build/midstride too; approved/ is the folder with the scenarios, corpus/ the
# corpus; each transcript has a directory of its own. Times are printed as N s. A transcript whose
# first line is `# needs cpython`, README.md and docs/matrix.md are passed over by a build without.
# `after-a-second SIGNAL COMMAND...` sends the command the signal a second after it has begun to
# print, with its output in the files out and err.
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
[ $# -gt 0 ] || set -- approved/*.txt ../README.md ../docs/matrix.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/build"
ln -s "$program" "$scratch/build/midstride"
cat >"$scratch/build/after-a-second" <<'SCRIPT'
#!/bin/sh
signal=$1
shift
"$@" >out 2>err &
until [ -s out ] || ! kill -0 $! 2>/dev/null; do sleep 0.1; done
sleep 1
kill -s "$signal" $! && wait $!
SCRIPT
chmod +x "$scratch/build/after-a-second"
PATH=$scratch/build:$PATH
export PATH LC_ALL=C
unset NO_COLOR
has_cpython=
case $(midstride list subjects) in *cpython/*) has_cpython=1 ;; esac

# run TRANSCRIPT: the transcript with what comes out now.
run() {
  mkdir "$scratch/work"
  ln -s "$PWD/approved" "$scratch/build" "$scratch/work"
  mkdir "$scratch/work/corpus"
  cp -R ../corpus/seed ../corpus/known "$scratch/work/corpus"
  in_output=
  while IFS= read -r line; do
    case $line in
      '$ '*)
        in_output=1 code=0
        printf '%s\n' "$line"
        (cd "$scratch/work" && sh -c "${line#??}") >"$scratch/out" 2>&1 </dev/null || code=$?
        sed -E 's/[0-9]+(\.[0-9]+)? s\b/N s/g' "$scratch/out"
        [ $code = 0 ] || echo "[$code]"
        continue
        ;;
      '## '* | '```') in_output= ;;
    esac
    [ -n "$in_output" ] || printf '%s\n' "$line"
  done <"$1"
  rm -rf "$scratch/work"
}

bad=0 count=0
for transcript in "$@"; do
  case $transcript:$(head -1 "$transcript") in
    *.md:* | *:'# needs cpython'*) [ -n "$has_cpython" ] || continue ;;
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
